using System.Net;
using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>One connect to one address. Its race is notified once of how it ended, and closes its socket.</summary>
#pragma warning disable CA1001 // Its end disposes what it has.
internal sealed class DialAttempt : IWatchedSocket, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    // The kernel counts in steps of up to 10 ms for how long a connection has been there.
    private static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(10);

    private readonly AddressRace _race;
    private readonly SocketWatch? _watch;
    private readonly Lock _lock = new();
    private BudgetedSocket? _socket;
    private PooledWait? _pooled; // where nobody watches
    private TimeSpan? _connectedFor;
    private volatile bool _hasStarted;
    private bool _isDecided;
    private bool _isGivenUp;

    /// <summary>Makes one that has no socket yet.</summary>
    /// <param name="race">Is notified of how it ended.</param>
    /// <param name="address">Where to.</param>
    /// <param name="pass">Has to be notified when the connection is made or came to nothing; null when nobody counts.</param>
    /// <param name="watch">Watches its socket; null has .NET do it.</param>
    public DialAttempt(AddressRace race, EndPoint address, ConnectPass? pass, SocketWatch? watch)
    {
        _race = race;
        _watch = watch;
        Pass = pass;
        Address = address;
    }

    /// <summary>What to tell when the connection is made or came to nothing.</summary>
    public ConnectPass? Pass { get; }

    /// <summary>Its socket is watched, once it is connected: who goes on with it takes that over.</summary>
    public Watching Watching { get; private set; }

    /// <summary>Whether both sides put timestamps into their packets, once connected.</summary>
    public bool HasTimestamps { get; private set; }

    /// <summary>The socket.</summary>
    public Socket Socket => _socket!;

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
            KernelSocket.SetNonBlocking(socket);
            if (!isUnix)
            {
                SocketOptions.Set(socket);
                KernelReceive.TryEnable(socket);
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
        lock (_lock)
        {
            _isGivenUp = true;
            Watching.End();
        }

        Socket.Close(0); // one that did connect is reset: nothing was said on it, and an orderly end would cost a port for a minute
    }

    /// <summary>Starts; the race may be notified before this returns.</summary>
    public void Connect()
    {
        SocketError error;
        try
        {
            var isPending = _watch is null ? BeginPooled(out error) : BeginWatched(_watch, out error);
            _hasStarted = true;
            if (isPending)
            {
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            return; // given up before it began
        }
        catch (SocketException exception)
        {
            error = exception.SocketErrorCode;
        }
        catch (OutOfMemoryException)
        {
            error = SocketError.NoBufferSpaceAvailable; // on a thread of the pool it would end the process
        }

        End(error);
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
        address is IPEndPoint && address.Equals(socket.LocalEndPoint ?? KernelSocket.LocalAddress(socket));

    /// <inheritdoc />
    void IWatchedSocket.OnReady(bool isEnding)
    {
        if (Interlocked.Exchange(ref _isDecided, true))
        {
            return;
        }

        try
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            Execute(); // nobody else would
        }
    }

    /// <inheritdoc />
    void IThreadPoolWorkItem.Execute() => Execute();

    private void Execute()
    {
        SocketError error;
        try
        {
            lock (_lock)
            {
                error = _pooled?.SocketError ?? KernelSocket.EndConnect(Socket);
            }
        }
        catch (ObjectDisposedException)
        {
            return; // given up meanwhile: the race knows
        }
        catch (OutOfMemoryException)
        {
            error = SocketError.NoBufferSpaceAvailable;
        }

        End(error);
    }

    private bool BeginPooled(out SocketError error)
    {
        _pooled = new PooledWait(this, Socket);
        return _pooled.Connect(Address, out error);
    }

    private bool BeginWatched(SocketWatch watch, out SocketError error)
    {
        lock (_lock) // who is notified of the end before this returns waits for it
        {
            error = KernelSocket.BeginConnect(Socket, Address);
            var isPending = error == SocketError.InProgress;
            if ((!isPending && error != SocketError.Success) || _isGivenUp)
            {
                return false;
            }

            _isDecided = !isPending; // a Unix socket is connected at once
            Watching = watch.TryAdd(Socket, this, isConnecting: isPending);
            error = Watching.Watch is null ? SocketErrors.NothingLeftToWatch : SocketError.Success;
            return isPending && error == SocketError.Success;
        }
    }

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

        _pooled?.Dispose();
        _race.OnEnded(this, error);
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
