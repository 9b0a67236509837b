using System.Net.Sockets;
using Zmtp.Connecting;
using Zmtp.Endpoints;
using Zmtp.Limits;
using Zmtp.Security;
using Zmtp.Sessions;
using Zmtp.Sockets;
using Zmtp.Timing;
using Zmtp.Wire;

namespace Zmtp.Connections;

/// <summary>
/// One TCP connection to a ZMTP server, from the name to the end: resolves, connects, shakes hands, then carries messages.
/// It is made once and not reused; <see cref="PersistentConnection"/> makes the next one. Thread-safe.
/// </summary>
/// <remarks>
/// Built on calls and not on tasks: a monitor's connections fail all the time, and a failure then costs no exception. While idle it holds
/// one descriptor, no buffer and no timer.
/// </remarks>
public sealed class ZmtpConnection : IDisposable
{
    private readonly ZmtpEndpoint _endpoint;
    private readonly ConnectionLifecycle _lifecycle;

    private ZmtpConnection(
        ZmtpEndpoint endpoint,
        ZmtpOptions options,
        ZmtpContext context,
        Timestamp deadline,
        IConnectionHandler handler,
        Timestamp heldBackSince)
    {
        if (options is { PeekOnly: true, SocketType: SocketType.Pull, Security.Mechanism: not NullClient.MechanismName })
        {
            throw new ArgumentException("Without NULL, a PULL cannot look at a PUSH without taking its work.", nameof(options));
        }

        Options = options;
        Buffers = context.Buffers;
        _endpoint = endpoint;
        _lifecycle = new ConnectionLifecycle(this, endpoint, context, deadline, new HandlerGuard(handler, context.OnFault))
        {
            HeldBackSince = heldBackSince,
        };
    }

    /// <summary>Whether this system's kernel notes when bytes come by TCP, as far as it has been asked.</summary>
    public static bool IsArrivalNotedByKernel => KernelReceive.IsSupported;

    /// <summary>
    /// Has a socket of the caller keep the kernel noting when bytes come, as long as it is open: until then, a socket that is there for nothing else does.
    /// </summary>
    public static void KeepArrivalsNoted(Socket socket) => KernelReceive.KeepStampsOn(socket);

    /// <summary>How it behaves.</summary>
    public ZmtpOptions Options { get; }

    /// <summary>What the peer said of itself, or null before its READY.</summary>
    public PeerInfo? Peer => _lifecycle.Session.Peer;

    /// <summary>Whether the peer's greeting came and was a valid one: a process that speaks ZMTP listens there.</summary>
    public bool HasGreeted => _lifecycle.Session.HasGreeted;

    /// <summary>Whether it only looks at its peer and sends nothing more; known once open. See <see cref="ZmtpOptions.PeekOnly"/>.</summary>
    public bool OnlyLooks => _lifecycle.Session.OnlyLooks;

    /// <summary>Whether the connection is over.</summary>
    public bool IsClosed => _lifecycle.IsClosed;

    /// <summary>How long the phases took so far, up to what the kernel saw where it tells.</summary>
    public ConnectionTimings Timings => _lifecycle.Timings(_endpoint.IsName);

    /// <summary>Whether <see cref="SendPing"/> sends one.</summary>
    public bool CanPing => _lifecycle.IsOpen && _lifecycle.Session.CanPing;

    /// <summary>Whether the peer ended the connection right after our PING, and has never answered one: it announces ZMTP 3.1 and does not know the command.</summary>
    public bool EndedAtPing => _lifecycle.EndedAtPing;

    /// <summary>When the handshake ended (the arrival of the peer's READY); not set before.</summary>
    public Timestamp OpenedAt => _lifecycle.OpenedAt;

    /// <summary>
    /// How much of the time until <see cref="OpenedAt"/> was our own lateness: bytes that waited for us to read them, a
    /// connect that waited for us to go on, steps that we took late. The handshake's deadline moves by it.
    /// </summary>
    public TimeSpan OwnDelay => _lifecycle.Lateness.Total;

    /// <summary>Whether the peer's kernel has acknowledged everything that we sent; null where the system does not tell, and unless open.</summary>
    public bool? IsAcknowledged => _lifecycle.IsAcknowledged;

    /// <summary>When what the receiver is given now came. Only during a call of its <see cref="IFrameReceiver.OnFrame"/>.</summary>
    public Arrival Arrival => _lifecycle.Arrival;

    /// <summary>Bounds what incomplete messages hold.</summary>
    internal BufferBudget Buffers { get; }

    /// <summary>Whether the end of our stream was sent to make the peer speak, and it said nothing all the same.</summary>
    internal bool HalfClosedInVain => _lifecycle.HalfClosedInVain;

    /// <summary>When time will bring the handshake's next step; null when it is over. For tests.</summary>
    internal Timestamp? NextHandshakeStep => _lifecycle.NextHandshakeStep;

    /// <summary>Starts to connect and returns at once; the handler is notified of how it goes, never from within this call's thread before it returns.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="context">Clock and resolver.</param>
    /// <param name="deadline">When the handshake has to be done.</param>
    /// <param name="handler">Is notified of everything.</param>
    /// <param name="heldBackSince">Since when the caller's connections have been held back (<see cref="ZmtpError.IsHeldBack"/>); not set when
    /// they were not. The one that has waited longer goes first.</param>
    public static ZmtpConnection Start(
        ZmtpEndpoint endpoint, ZmtpOptions options, ZmtpContext context, Timestamp deadline, IConnectionHandler handler, Timestamp heldBackSince = default)
    {
        var connection = new ZmtpConnection(endpoint, options, context, deadline, handler, heldBackSince);
        connection._lifecycle.Start();
        return connection;
    }

    /// <summary>Sends a message; it is dropped when the connection only looks, or is not open; a closed one has said so by <see cref="IConnectionHandler.OnClosed"/>.</summary>
    public void Send(ZmtpMessage message)
    {
        if (_lifecycle.IsOpen && !OnlyLooks)
        {
            _lifecycle.Session.Send(message);
        }
    }

    /// <summary>
    /// Sends a ZMTP PING, which the peer's I/O thread answers, not its application. Only the answer to the last one is reported. Only peers
    /// that announce ZMTP 3.1 or later get one, and nobody gets one from a connection that only looks.
    /// </summary>
    /// <returns>False when none was sent, so that silence means nothing.</returns>
    public bool SendPing()
    {
        if (!CanPing)
        {
            return false;
        }

        _lifecycle.SendPing();
        return true;
    }

    /// <summary>Subscribes a SUB to a topic: as the SUBSCRIBE command to a peer of ZMTP 3.1 or later, as a message to an older one.</summary>
    /// <remarks>Dropped as <see cref="Send"/> drops.</remarks>
    public void Subscribe(ReadOnlySpan<byte> topic)
    {
        if (_lifecycle.IsOpen && !OnlyLooks)
        {
            _lifecycle.Session.Subscribe(topic);
        }
    }

    /// <summary>
    /// Sees to it that the socket is read until it is empty, or has given something that came after a moment, and then calls back. A wait
    /// must not end before that: what we did not get to read had come all the same. Returns at once; everything runs on the thread pool.
    /// </summary>
    /// <param name="until">What came later need not be read.</param>
    /// <param name="then">Called once, also on a closed connection. Must not throw.</param>
    /// <param name="state">Goes to <paramref name="then"/>.</param>
    public void ReadThen(Timestamp until, Action<object?> then, object? state) =>
        _lifecycle.ReadThen(until, then, state);

    /// <summary>
    /// Closes the connection: an open one in order, with the end of our stream. The handler gets the event, but no
    /// <see cref="IConnectionHandler.OnClosed"/>.
    /// </summary>
    public void Dispose() => _lifecycle.Close(error: null, Ending.Orderly);

    /// <summary>
    /// Closes the connection as <see cref="Dispose"/> does, but with a reset, as one that failed: whoever ends a stream first keeps its port
    /// for a minute, and failures can be many.
    /// </summary>
    public void Abort() => _lifecycle.Close(error: null, Ending.Reset);
}
