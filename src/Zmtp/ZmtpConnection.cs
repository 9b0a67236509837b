using System.Net.Sockets;
using Zmtp.Security;
using Zmtp.Timing;

namespace Zmtp;

/// <summary>
/// One TCP connection to a ZMTP server, from the name to the end: resolves, connects, shakes hands, then carries messages.
/// It is made once and not reused; <see cref="PersistentConnection"/> makes the next one. Thread-safe.
/// </summary>
/// <remarks>
/// Built on <see cref="SocketAsyncEventArgs"/> and not on tasks: a monitor's connections fail all the time, and a failure then
/// costs no exception. While idle it holds one descriptor, one small buffer and no timer.
/// </remarks>
public sealed class ZmtpConnection : ISessionOutput, IDisposable
{
    private const int Dialing = 0;
    private const int Handshaking = 1;
    private const int Opened = 2;
    private const int Closed = 3;

    // Made beforehand: there is no memory when it is needed.
    private static readonly ZmtpError OutOfMemory = new(
        ZmtpErrorCode.Local, "this process has no memory left for what the peer sends; the connection was given up");

    private readonly ZmtpEndpoint _endpoint;
    private readonly ZmtpContext _context;
    private readonly HandlerGuard _handler;
    private readonly bool _byFrame;
    private readonly ZmtpSession _session;
    private readonly Timestamp _deadline;
    private Dialer? _dialer;
    private HandshakeTimer? _handshake;
    private ConnectionReceiver? _receiver;
    private ConnectionSender? _sender;
    private ConnectPass? _pass;
    private bool _hasTimestamps;
    private Timestamp _connectStartedAt;
    private Timestamp _connectedAt;
    private Timestamp _openedAt;
    private Timestamp _closedAt;
    private int _stage; // moves forward only, and whoever moves it does what belongs to that: no lock is held while the handler is notified
    private PingTracker _pings;
    private FloodGuard _flood;
    private bool _hasFrames; // from this read
    private bool _endedAtPing;
    private volatile bool _isPeerGone;

    private ZmtpConnection(ZmtpEndpoint endpoint, ZmtpOptions options, ZmtpContext context, Timestamp deadline, IConnectionHandler handler)
    {
        _endpoint = endpoint;
        _context = context;
        _handler = new HandlerGuard(handler, context.OnFault);
        _byFrame = options.ByFrame;
        if (_byFrame && handler is not IFrameHandler)
        {
            throw new ArgumentException("Messages by frame need a handler of frames.", nameof(handler));
        }

        if (options is { PeekOnly: true, SocketType: SocketType.Pull, Security.Mechanism: not NullClient.MechanismName })
        {
            throw new ArgumentException("Without NULL, a PULL cannot look at a PUSH without taking its work.", nameof(options));
        }

        _deadline = deadline;
        _session = new ZmtpSession(options, this, context.Buffers);
        StartedAt = Now;
        Lateness = new Lateness(StartedAt);
        _dialer = new Dialer(this, endpoint, context);
        Options = options;
    }

    /// <summary>Whether this system's kernel notes when bytes come by TCP, as far as it has been asked.</summary>
    public static bool IsArrivalNotedByKernel => KernelReceive.IsSupported;

    /// <summary>How it behaves.</summary>
    public ZmtpOptions Options { get; }

    /// <summary>What the peer said of itself, or null before its READY.</summary>
    public PeerInfo? Peer => _session.Peer;

    /// <summary>Whether the peer's greeting came and was a valid one: a process that speaks ZMTP listens there.</summary>
    public bool HasGreeted => _session.HasGreeted;

    /// <summary>Whether it only looks at its peer and sends nothing more; known once open. See <see cref="ZmtpOptions.PeekOnly"/>.</summary>
    public bool OnlyLooks => _session.OnlyLooks;

    /// <summary>Whether the connection is over.</summary>
    public bool IsClosed => Volatile.Read(ref _stage) == Closed;

    /// <summary>How long the phases took so far, up to what the kernel saw where it tells.</summary>
    public ConnectionTimings Timings
    {
        get
        {
            var end = _closedAt.IsSet ? _closedAt : Now;
            return new ConnectionTimings(
                _endpoint.IsName ? Between(StartedAt, _connectStartedAt, end) : null,
                Between(_connectStartedAt, _connectedAt, end),
                Between(_connectedAt, _openedAt, end));
        }
    }

    /// <summary>Whether <see cref="SendPing"/> sends one.</summary>
    public bool CanPing => IsOpen && _session.CanPing;

    /// <summary>Whether the peer ended the connection right after our PING, and has never answered one: it announces ZMTP 3.1 and does not know the command.</summary>
    public bool EndedAtPing => _endedAtPing;

    /// <summary>When the handshake ended (the arrival of the peer's READY); not set before.</summary>
    public Timestamp OpenedAt => _openedAt;

    /// <summary>
    /// How much of the time until <see cref="OpenedAt"/> was our own lateness: bytes that waited for us to read them, a
    /// connect that waited for us to go on, steps that we took late. The handshake's deadline moves by it.
    /// </summary>
    public TimeSpan OwnDelay => Lateness.Total;

    /// <summary>Whether the peer's kernel has acknowledged everything that we sent; null where the system does not tell, and unless open.</summary>
    public bool? IsAcknowledged => IsOpen ? _sender!.IsAcknowledged : null;

    /// <summary>Whether the end of our stream was sent to make the peer speak, and it said nothing all the same.</summary>
    internal bool HalfClosedInVain => _handshake is { HasHalfClosed: true } && !_session.HasHeard;

    /// <summary>Since when whoever makes it has been held back; not set when it was not.</summary>
    internal Timestamp HeldBackSince { get; private init; }

    /// <summary>When it was started.</summary>
    internal Timestamp StartedAt { get; }

    /// <summary>Our own lateness until the handshake ended.</summary>
    internal Lateness Lateness { get; }

    /// <summary>When the handshake has to be done, as it stands now.</summary>
    internal Timestamp Deadline => Lateness.Move(_deadline);

    /// <summary>When time will bring the handshake's next step; null when it is over. For tests.</summary>
    internal Timestamp? NextHandshakeStep => _handshake?.Due;

    private bool IsOpen => Volatile.Read(ref _stage) == Opened;

    // Of what the session hands over. Only what ends a read has the time of its last byte: the kernel does not tell when the rest came.
    private Arrival Arrival => _session.IsAtEnd ? _receiver!.LastByte : new Arrival(_receiver!.EmptyAt, _receiver.LastByte.Latest);

    private Timestamp Now => _context.Timers.Now;

    // How soon after a PING a peer ends the connection that cannot take it: at once, but it may be busy, and far away: the handshake took
    // at least two ways there and back.
    private TimeSpan PingReaction => TimeSpan.FromSeconds(1) + (_openedAt - _connectedAt);

    /// <summary>Starts to connect and returns at once; the handler is notified of how it goes, never from within this call's thread before it returns.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="context">Clock and resolver.</param>
    /// <param name="deadline">When the handshake has to be done.</param>
    /// <param name="handler">Is notified of everything.</param>
    /// <param name="heldBackSince">Since when the caller's connections have been held back (<see cref="ZmtpError.IsHeldBack"/>); not set when
    /// they were not. Who has waited longer goes first.</param>
    public static ZmtpConnection Start(
        ZmtpEndpoint endpoint, ZmtpOptions options, ZmtpContext context, Timestamp deadline, IConnectionHandler handler, Timestamp heldBackSince = default)
    {
        var connection = new ZmtpConnection(endpoint, options, context, deadline, handler) { HeldBackSince = heldBackSince };
        ThreadPool.UnsafeQueueUserWorkItem(static dialer => dialer.Start(), connection._dialer!, preferLocal: false);
        return connection;
    }

    /// <summary>Sends a message; it is dropped when the connection only looks, or is not open, as a closed one tells by <see cref="IConnectionHandler.OnClosed"/>.</summary>
    public void Send(ZmtpMessage message)
    {
        if (IsOpen && !OnlyLooks)
        {
            _session.Send(message);
        }
    }

    /// <summary>
    /// Sends a ZMTP PING, which the peer's I/O thread answers, not its application. Only the answer to the last one is told. Only peers
    /// that announce ZMTP 3.1 or later get one, and nobody gets one from a connection that only looks.
    /// </summary>
    /// <returns>False when none was sent, so that silence means nothing.</returns>
    public bool SendPing()
    {
        if (!CanPing)
        {
            return false;
        }

        Span<byte> context = stackalloc byte[PingTracker.ContextLength];
        _pings.Start(context, Now);
        _session.SendPing(context);
        return true;
    }

    /// <summary>Subscribes a SUB to a topic: as the SUBSCRIBE command to a peer of ZMTP 3.1 or later, as a message to an older one.</summary>
    /// <remarks>Dropped as <see cref="Send"/> drops.</remarks>
    public void Subscribe(ReadOnlySpan<byte> topic)
    {
        if (IsOpen && !OnlyLooks)
        {
            _session.Subscribe(topic);
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
        new ReadRequest(Volatile.Read(ref _receiver), until, then, state).Queue();

    /// <summary>
    /// Closes the connection: an open one in order, with the end of our stream. The handler gets the event, but no
    /// <see cref="IConnectionHandler.OnClosed"/>.
    /// </summary>
    public void Dispose() => Close(error: null, Ending.Orderly);

    /// <summary>
    /// Closes the connection as <see cref="Dispose"/> does, but with a reset, as one that failed: whoever ends a stream first keeps its port
    /// for a minute, and failures can be many.
    /// </summary>
    public void Abort() => Close(error: null, Ending.Reset);

    /// <inheritdoc />
    void ISessionOutput.Send(ReadOnlySpan<byte> bytes)
    {
        if (!_sender!.Send(bytes))
        {
            // Not from here: whoever sends may hold a lock that the handler must not meet.
            ThreadPool.UnsafeQueueUserWorkItem(
                static connection => connection.Close(new ZmtpError(ZmtpErrorCode.Protocol, "the peer does not read what we send: 2 MiB are waiting")),
                this,
                preferLocal: false);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnReadyHeld() => _handshake?.OnReadyHeld(Now);

    /// <inheritdoc />
    void ISessionOutput.OnOpened(PeerInfo peer)
    {
        _openedAt = Arrival.Latest;
        if (Interlocked.CompareExchange(ref _stage, Opened, Handshaking) == Handshaking)
        {
            _handshake!.Stop();
            _handshake = null;
            _pass?.Leave();
            _handler.OnEvent(ConnectionEvent.HandshakeSucceeded);
            _handler.OnOpened(this, peer);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnMessage(ZmtpMessage message)
    {
        if (IsOpen)
        {
            _handler.OnMessage(this, message, Arrival);
        }
    }

    /// <inheritdoc />
    int ISessionOutput.KeptLength(int number) => _handler.KeptLength(number);

    /// <inheritdoc />
    void ISessionOutput.OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (IsOpen)
        {
            _hasFrames = true;
            _handler.OnFrame(this, number, head, length, isLast);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnPong(ReadOnlySpan<byte> context)
    {
        if (IsOpen && _pings.TryComplete(context))
        {
            _handler.OnPong(this, Arrival.Latest);
        }
    }

    /// <summary>Tells the handler. Called by the dialer too.</summary>
    internal void RaiseEvent(ConnectionEvent connectionEvent) => _handler.OnEvent(connectionEvent);

    /// <summary>The addresses are known. Called by the dialer.</summary>
    internal void OnConnecting() => _connectStartedAt = Now;

    /// <summary>No address could be reached. Called by the dialer.</summary>
    internal void OnDialFailed(ZmtpError error) => Close(error);

    /// <summary>TCP connected. Called by the dialer, which hands the attempt's socket over.</summary>
    internal void OnConnected(DialAttempt attempt)
    {
        var receiver = new ConnectionReceiver(this, attempt.Socket, attempt.HasStamps, _connectStartedAt, _context.Timers.Time, _context.Bulk);
        var sender = new ConnectionSender(attempt.Socket);
        var now = Now;
        _connectedAt = Timestamp.Max(_connectStartedAt, now - attempt.NoticedLate);
        _sender = sender;
        _pass = attempt.Pass;
        _hasTimestamps = attempt.HasTimestamps;
        var handshake = new HandshakeTimer(this, _session, sender, _context, now);
        _handshake = handshake;
        if (Interlocked.CompareExchange(ref _stage, Handshaking, Dialing) != Dialing)
        {
            sender.Close(Ending.Reset);
            attempt.Pass?.Leave();
            receiver.Dispose();
            RaiseEvent(ConnectionEvent.Closed);
            return;
        }

        _dialer = null;
        RaiseEvent(ConnectionEvent.Connected);
        Lateness.Add(_connectedAt, Now);
        _session.Start();
        _receiver = receiver; // now, and not earlier, others may read too
        handshake.Arm();
        receiver.ReceiveAll();
    }

    /// <summary>The deadline is over, and the socket was read. Called by the handshake's timer.</summary>
    internal void OnHandshakeTimedOut(ZmtpError error)
    {
        // READY may come at this very moment, and an open connection is no business of the timer any more.
        if (Interlocked.CompareExchange(ref _stage, Closed, Handshaking) == Handshaking)
        {
            End(Handshaking, error, Ending.Reset);
        }
    }

    /// <summary>Bytes came in. Called by the receiver, one call at a time.</summary>
    /// <returns>Whether to go on reading.</returns>
    internal bool OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            return false;
        }

        var error = bytes.IsEmpty
            ? EndOfStream()
            : _session.Receive(bytes) ?? Guard(bytes.Length);
        if (Volatile.Read(ref _stage) == Handshaking && _receiver!.LastByte.IsExact)
        {
            // What we answer now, the peer could have had then. What ended the handshake had come in time, however late we read it.
            Lateness.Add(_receiver.LastByte.Latest, Now);
        }

        if (_hasFrames)
        {
            _hasFrames = false;
            _handler.OnFramesRead(this, _receiver!.LastByte.Latest);
        }

        if (error is not null)
        {
            Close(error);
        }

        return !IsClosed;
    }

    /// <summary>Reading failed. Called by the receiver.</summary>
    internal void OnReceiveFailed(SocketError error)
    {
        _isPeerGone = true;
        Close(Failed(error));
    }

    /// <summary>There was no memory for what came. Called by the receiver.</summary>
    internal void OnOutOfMemory() => Close(OutOfMemory);

    /// <summary>The receiver runs no more: nobody else touches the session's buffers.</summary>
    internal void OnReceiverEnded() => _session.Release();

    private ZmtpError EndOfStream()
    {
        _isPeerGone = true;
        return HalfClosedInVain ? _session.HandshakeTimedOut()
            : _sender!.WasReset ? Failed(SocketError.ConnectionReset)
            : _session.EndOfStream();
    }

    // A peer that closes without having read all that we sent resets: before READY, how it closes says less than how far it came.
    private ZmtpError Failed(SocketError error) => _session.Stage == SessionStage.Open ? SocketErrors.OnEstablished(error, "after the handshake")
        : SocketErrors.IsReset(error) ? _session.EndOfStream()
        : SocketErrors.OnEstablished(error, "during the handshake");

    // A stream that we asked for may be of any size; only its commands are still watched.
    private ZmtpError? Guard(int bytes)
    {
        var work = _session.TakeWork();
        return _byFrame && IsOpen && work == 0
            ? null
            : _flood.OnRead(_byFrame ? 0 : bytes, work, _receiver!.ReadAt);
    }

    private void Close(ZmtpError error) => Close(error, Ending.Reset);

    private void Close(ZmtpError? error, Ending ending)
    {
        var before = Interlocked.Exchange(ref _stage, Closed);
        if (before != Closed)
        {
            // Nothing came of a handshake that did not end, whoever stopped it.
            End(before, error, before == Opened ? ending : Ending.Reset);
        }
    }

    private void End(int before, ZmtpError? error, Ending ending)
    {
        _closedAt = Now;
        if (before == Dialing)
        {
            _dialer!.Abandon();
        }
        else
        {
            _endedAtPing = error?.Code == ZmtpErrorCode.Disconnected && before == Opened && _pings.Ended(_closedAt, PingReaction);
            _handshake?.Stop();
            if (_sender!.Close(_isPeerGone ? Ending.PeerIsGone : ending))
            {
                _pass?.KeepPort(_hasTimestamps);
            }

            _pass?.Leave();
            if (error is not null && before == Handshaking)
            {
                RaiseEvent(ConnectionEvent.HandshakeFailed);
            }

            RaiseEvent(error?.Code == ZmtpErrorCode.Disconnected ? ConnectionEvent.Disconnected : ConnectionEvent.Closed);
        }

        if (error is not null)
        {
            _handler.OnClosed(this, error);
        }
    }

    private static TimeSpan? Between(Timestamp start, Timestamp end, Timestamp ifNotYet) =>
        start.IsSet ? Timestamp.Max(start, end.IsSet ? end : ifNotYet) - start : null;
}
