using System.Net;
using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>One connect to one address. Its race is notified once of how it ended, and closes its socket.</summary>
internal sealed class DialAttempt : SocketAsyncEventArgs
{
    // The kernel counts in steps of up to 10 ms for how long a connection has been there.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(10);

    private readonly AddressRace _race;
    private BudgetedSocket? _socket;
    private TimeSpan? _connectedFor;
    private volatile bool _hasStarted;

    /// <summary>Makes one that has no socket yet.</summary>
    /// <param name="race">Is notified of how it ended.</param>
    /// <param name="address">Where to.</param>
    /// <param name="pass">Has to be notified when the connection is made or came to nothing; null when nobody counts.</param>
    public DialAttempt(AddressRace race, EndPoint address, ConnectPass? pass)
        : base(true)
    {
        _race = race;
        Pass = pass;
        Address = address;
    }

    /// <summary>What to tell when the connection is made or came to nothing.</summary>
    public ConnectPass? Pass { get; }

    /// <summary>Whether both sides put timestamps into their packets, once connected.</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>The socket.</summary>
    public Socket Socket => _socket!;

    /// <summary>Whether the kernel notes when bytes come, for <see cref="KernelReceive"/>.</summary>
    public bool HasStamps { get; private set; }

    /// <summary>Where it connects to.</summary>
    public EndPoint Address { get; }

    /// <summary>For how long the kernel had been connected when we noticed, as far as it is worth speaking of: the kernel counts in coarse steps.</summary>
    public TimeSpan NoticedLate => _connectedFor >= 2 * ClockStep ? _connectedFor.Value : TimeSpan.Zero;

    /// <summary>Whether it waits for us and not for the network: not begun yet, or decided by the kernel without our having got to it.</summary>
    public bool AwaitsUs => !_hasStarted || IsDecided(Socket);

    /// <summary>Whether the kernel surely connected it after a moment. Right after the connect.</summary>
    public bool WasConnectedAfter(Timestamp timestamp, TimerQueue timers) =>
        _connectedFor is { } age && timers.Now - (age + ClockStep) > timestamp;

    /// <summary>Makes the socket, with a descriptor that the caller has taken from the budget; it has gone back when this throws.</summary>
    /// <param name="descriptors">Where the descriptor is from.</param>
    /// <exception cref="SocketException">This host has no descriptors left, or no such addresses.</exception>
    public void Open(DescriptorBudget descriptors)
    {
        var isUnix = Address.AddressFamily == AddressFamily.Unix;

        // Its options are set before anybody else knows it: on a socket that is closed meanwhile, they throw.
        var socket = BudgetedSocket.Open(Address.AddressFamily, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp, descriptors);
        try
        {
            socket.Blocking = false;
            if (!isUnix)
            {
                SocketOptions.Set(socket);
                HasStamps = KernelReceive.TryEnable(socket);
            }

            _socket = socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Closes the socket of an attempt that came to nothing, and gives its pass back. Further calls do nothing.</summary>
    public void Close()
    {
        Pass?.Leave();
        Socket.Close(0); // one that did connect is reset: nothing was said on it, and an orderly end would cost a port for a minute
    }

    /// <summary>Starts; the race may be notified before this returns.</summary>
    public void Connect()
    {
        RemoteEndPoint = Address;
        bool isPending;
        try
        {
            isPending = Socket.ConnectAsync(this);
            _hasStarted = true;
        }
        catch (ObjectDisposedException)
        {
            Dispose();
            return; // given up before it began
        }
        catch (SocketException exception)
        {
            End(exception.SocketErrorCode);
            return;
        }
        catch (OutOfMemoryException)
        {
            End(SocketError.NoBufferSpaceAvailable); // on a thread of the pool it would end the process
            return;
        }

        if (!isPending)
        {
            End(SocketError);
        }
    }

    /// <summary>Whether the kernel knows how a connect ended.</summary>
    internal static bool IsDecided(Socket socket)
    {
        try
        {
            return TcpInfo.TryRead(socket, out var info)
                ? !info.IsConnecting
                : socket.Poll(0, SelectMode.SelectWrite) || socket.Poll(0, SelectMode.SelectError);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true; // its end is on its way to us
        }
    }

    /// <summary>
    /// Whether a socket is connected to itself. Connecting to a port of our own host on which nobody listens can end so, when the
    /// system picks that very port for our side: once in some ten thousand attempts, and then the server cannot start any more.
    /// </summary>
    internal static bool IsConnectedToItself(Socket socket, EndPoint address) =>
        address is IPEndPoint && address.Equals(socket.LocalEndPoint);

    /// <inheritdoc />
    protected override void OnCompleted(SocketAsyncEventArgs e) => End(SocketError);

    private void End(SocketError error)
    {
        if (error == SocketError.Success && IsConnectedToItself())
        {
            error = SocketError.ConnectionRefused;
        }
        else if (error == SocketError.Success && TcpInfo.TryRead(Socket, out var info) && !info.IsClosed)
        {
            _connectedFor = info.ConnectedFor;
            HasTimestamps = info.HasTimestamps;
        }

        _race.OnEnded(this, error);
        Dispose();
    }

    private bool IsConnectedToItself()
    {
        try
        {
            return IsConnectedToItself(Socket, Address);
        }
        catch (ObjectDisposedException)
        {
            return false; // given up meanwhile: the race knows
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
