using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>One connect to one address. Its dialer is told once how it ended, and closes its socket.</summary>
internal sealed class DialAttempt : SocketAsyncEventArgs
{
    private readonly Dialer _dialer;

    /// <summary>Makes the socket.</summary>
    /// <exception cref="SocketException">This host has no descriptors left, or no such addresses.</exception>
    public DialAttempt(Dialer dialer, EndPoint address)
        : base(true)
    {
        _dialer = dialer;
        Address = address;
        var isUnix = address.AddressFamily == AddressFamily.Unix;

        // Its options are set before anybody else knows it: on a socket that is closed meanwhile, they throw.
        Socket = new Socket(address.AddressFamily, System.Net.Sockets.SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        {
            Blocking = false,
        };
        if (!isUnix)
        {
            Socket.NoDelay = true;
            HasStamps = KernelReceive.TryEnable(Socket);
        }
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>Whether the kernel notes when bytes come, for <see cref="KernelReceive"/>.</summary>
    public bool HasStamps { get; }

    /// <summary>Where it connects to.</summary>
    public EndPoint Address { get; }

    /// <summary>Starts; the dialer may be told before this returns.</summary>
    public void Connect()
    {
        RemoteEndPoint = Address;
        bool isPending;
        try
        {
            isPending = Socket.ConnectAsync(this);
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

        if (!isPending)
        {
            End(SocketError);
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

        _dialer.OnEnded(this, error);
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
            return false; // given up meanwhile: the dialer knows
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
