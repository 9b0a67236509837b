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
/// What a <see cref="ZmtpConnection"/> goes through, from the first connect to its end: brings the parts together as it moves on, and
/// notifies the handler. Thread-safe.
/// </summary>
internal sealed class ConnectionLifecycle : ISessionOutput, IDialOwner, IReceiverOwner
{
    private const int Dialing = 0;
    private const int Handshaking = 1;
    private const int Opened = 2;
    private const int Closed = 3;

    private readonly ZmtpConnection _connection;
    private readonly ZmtpContext _context;
    private readonly HandlerGuard _handler;
    private readonly ReceiverGuard _incoming;
    private readonly Timestamp _deadline;
    private Dialer? _dialer;
    private HandshakeTimer? _handshake;
    private ConnectionReceiver? _receiver;
    private ConnectionSender? _sender;
    private ConnectPass? _pass;
    private bool _hasTimestamps;
    private ConnectionTimes _times;
    private int _stage; // moves forward only, and the thread that moves it does what belongs to that: no lock is held while the handler is notified
    private PingTracker _pings;
    private volatile bool _isPeerGone;

    public ConnectionLifecycle(ZmtpConnection connection, ZmtpEndpoint endpoint, ZmtpContext context, Timestamp deadline, HandlerGuard handler)
    {
        _connection = connection;
        _context = context;
        _handler = handler;
        _deadline = deadline;
        _incoming = new ReceiverGuard(this, handler.CreateReceiver(connection), connection.Options.MaxMessageSize, context.OnFault);
        Session = new ZmtpSession(connection.Options, this, _incoming, context.Buffers);
        _times.Started = Now;
        Lateness = new Lateness(_times.Started);
        _dialer = new Dialer(this, endpoint, context);
    }

    /// <summary>The conversation.</summary>
    public ZmtpSession Session { get; }

    /// <summary>Our own lateness until the handshake ended.</summary>
    public Lateness Lateness { get; }

    /// <inheritdoc />
    public Timestamp HeldBackSince { get; init; }

    /// <inheritdoc />
    bool IDialOwner.MayConnect(System.Net.EndPoint address) => _connection.Options.MayConnect is not { } mayConnect || mayConnect(address);

    /// <inheritdoc />
    public Timestamp StartedAt => _times.Started;

    /// <inheritdoc />
    public Timestamp Deadline => Lateness.Move(_deadline);

    /// <summary>When the handshake ended; not set before.</summary>
    public Timestamp OpenedAt => _times.Opened;

    /// <summary>Whether messages may flow.</summary>
    public bool IsOpen => Volatile.Read(ref _stage) == Opened;

    /// <summary>Whether it is over.</summary>
    public bool IsClosed => Volatile.Read(ref _stage) == Closed;

    /// <summary>Whether the peer ended the connection right after our PING.</summary>
    public bool EndedAtPing { get; private set; }

    /// <summary>Whether the peer's kernel has acknowledged everything that we sent; null where the system does not tell, and unless open.</summary>
    public bool? IsAcknowledged => IsOpen ? _sender!.IsAcknowledged : null;

    /// <summary>Whether the end of our stream was sent to make the peer speak, and it said nothing all the same.</summary>
    public bool HalfClosedInVain => _handshake is { HasHalfClosed: true } && !Session.HasHeard;

    /// <summary>When time will bring the handshake's next step; null when it is over.</summary>
    public Timestamp? NextHandshakeStep => _handshake is { } handshake ? _context.Timers.DueOf(handshake) : null;

    /// <summary>When what the session hands over now came. Only what ends a read has the time of its last byte: the kernel does not tell when the rest came.</summary>
    public Arrival Arrival => Session.IsAtEnd ? _receiver!.LastByte : new Arrival(_receiver!.EmptyAt, _receiver.LastByte.Latest);

    private Timestamp Now => _context.Timers.Now;

    /// <summary>Starts on a pool thread.</summary>
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(static dialer => dialer.Start(), _dialer!, preferLocal: false);

    /// <summary>How long the phases took so far.</summary>
    /// <param name="isName">Whether there is a name to resolve.</param>
    public ConnectionTimings Timings(bool isName) => _times.Timings(isName, Now);

    /// <summary>Sends a PING; only once open.</summary>
    public void SendPing()
    {
        Span<byte> context = stackalloc byte[PingTracker.ContextLength];
        _pings.Start(context, Now);
        Session.SendPing(context);
    }

    /// <summary>See <see cref="ZmtpConnection.ReadThen"/>.</summary>
    public void ReadThen(Timestamp until, Action<object?> then, object? state) => new ReadRequest(Volatile.Read(ref _receiver), until, then, state).Queue();

    /// <summary>Ends it, if it is not over; the handler is notified when there is an error.</summary>
    public void Close(ZmtpError? error, Ending ending)
    {
        var before = Interlocked.Exchange(ref _stage, Closed);
        if (before != Closed)
        {
            // Nothing came of a handshake that did not end, whatever stopped it.
            End(before, error, before == Opened ? ending : Ending.Reset);
        }
    }

    /// <inheritdoc />
    void IByteOutput.Send(ReadOnlySpan<byte> bytes)
    {
        if (!_sender!.Send(bytes))
        {
            // Not from here: the thread that sends may hold a lock that the handler must not meet.
            ThreadPool.UnsafeQueueUserWorkItem(
                static lifecycle => lifecycle.Close(new ZmtpError(ZmtpErrorCode.Protocol, "the peer does not read what we send: 2 MiB are waiting")),
                this,
                preferLocal: false);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnReadyHeld() => _handshake?.OnReadyHeld(Now);

    /// <inheritdoc />
    void ISessionOutput.OnOpened(PeerInfo peer)
    {
        _times.Opened = Arrival.Latest;
        if (Interlocked.CompareExchange(ref _stage, Opened, Handshaking) == Handshaking)
        {
            _handshake!.Stop();
            _handshake = null;
            _pass?.Leave();
            _handler.OnEvent(ConnectionEvent.HandshakeSucceeded);
            _handler.OnOpened(_connection, peer);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnPong(ReadOnlySpan<byte> context)
    {
        if (IsOpen && _pings.TryComplete(context))
        {
            _handler.OnPong(_connection, Arrival.Latest);
        }
    }

    /// <inheritdoc />
    void IDialOwner.RaiseEvent(ConnectionEvent connectionEvent) => _handler.OnEvent(connectionEvent);

    /// <inheritdoc />
    void IDialOwner.OnConnecting() => _times.ConnectStarted = Now;

    /// <inheritdoc />
    void IDialOwner.OnDialFailed(ZmtpError error) => Close(error);

    /// <inheritdoc />
    void IDialOwner.OnConnected(DialAttempt attempt)
    {
        var receiver = new ConnectionReceiver(this, attempt.Socket, _times.ConnectStarted, _context.Timers.Time, _context.Bulk);
        var sender = _sender = new ConnectionSender(attempt.Socket);
        var now = Now;
        _times.Connected = Timestamp.Max(_times.ConnectStarted, now - attempt.NoticedLate);
        _pass = attempt.Pass;
        _hasTimestamps = attempt.HasTimestamps;
        var handshake = _handshake = new HandshakeTimer(_connection.Options, this, sender, _context.Timers, now);
        if (Interlocked.CompareExchange(ref _stage, Handshaking, Dialing) != Dialing)
        {
            attempt.Close();
            _handler.OnEvent(ConnectionEvent.Closed);
            return;
        }

        _dialer = null;
        _handler.OnEvent(ConnectionEvent.Connected);
        Lateness.Add(_times.Connected, Now);
        Session.Start();
        _receiver = receiver; // now, and not earlier, others may read too
        handshake.Arm();
        receiver.ReceiveAll(attempt.Watching);
    }

    /// <inheritdoc />
    bool IReceiverOwner.IsQuick => KernelReceive.IsSupported && _connection.Options.IsHandledQuickly && !_incoming.IsTalkative && IsOpen && Session.IsBetweenMessages;

    /// <inheritdoc />
    bool IReceiverOwner.OnReceived(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            return false;
        }

        var receiver = _receiver!;
        var error = bytes.IsEmpty
            ? EndOfStream()
            : Session.Receive(bytes) ?? _incoming.Guard(bytes.Length, Session.TakeWork(), receiver.ReadAt);
        if (Volatile.Read(ref _stage) == Handshaking && receiver.LastByte.IsExact)
        {
            // What we answer now, the peer could have had then. What ended the handshake had come in time, however late we read it.
            Lateness.Add(receiver.LastByte.Latest, Now);
        }

        _incoming.OnFramesRead(receiver.LastByte.Latest);
        if (error is not null)
        {
            Close(error);
        }

        return !IsClosed;
    }

    /// <inheritdoc />
    void IReceiverOwner.OnReceiveFailed(SocketError error)
    {
        _isPeerGone = true;
        Close(Failed(error));
    }

    /// <inheritdoc />
    void IReceiverOwner.OnOutOfMemory() => Close(SocketErrors.OutOfMemory);

    /// <inheritdoc />
    void IReceiverOwner.OnReceiverEnded() => Session.Release(); // nobody else touches its buffers

    /// <summary>The deadline is over, and the socket was read. Called by the handshake's timer.</summary>
    public void OnHandshakeTimedOut(ZmtpError error)
    {
        // READY may come at this very moment, and an open connection is no business of the timer any more.
        if (Interlocked.CompareExchange(ref _stage, Closed, Handshaking) == Handshaking)
        {
            End(Handshaking, error, Ending.Reset);
        }
    }

    private ZmtpError EndOfStream()
    {
        _isPeerGone = true;
        return HalfClosedInVain ? Session.HandshakeTimedOut()
            : _sender!.WasReset ? Failed(SocketError.ConnectionReset)
            : Session.EndOfStream();
    }

    // A peer that closes without having read all that we sent resets: before READY, how it closes says less than how far it came.
    private ZmtpError Failed(SocketError error) => Session.Stage == SessionStage.Open ? SocketErrors.OnEstablished(error, "after the handshake")
        : SocketErrors.IsReset(error) ? Session.EndOfStream()
        : SocketErrors.OnEstablished(error, "during the handshake");

    private void Close(ZmtpError error) => Close(error, Ending.Reset);

    private void End(int before, ZmtpError? error, Ending ending)
    {
        _times.Closed = Now;
        if (before == Dialing)
        {
            _dialer!.Abandon();
        }
        else
        {
            EndedAtPing = error?.Code == ZmtpErrorCode.Disconnected && before == Opened && _pings.Ended(_times.Closed, _times.PingReaction);
            _handshake?.Stop();
            if (_sender!.Close(_isPeerGone ? Ending.PeerIsGone : ending))
            {
                _pass?.KeepPort(_hasTimestamps);
            }

            _pass?.Leave();
            if (error is not null && before == Handshaking)
            {
                _handler.OnEvent(ConnectionEvent.HandshakeFailed);
            }

            _handler.OnEvent(error?.Code == ZmtpErrorCode.Disconnected ? ConnectionEvent.Disconnected : ConnectionEvent.Closed);
        }

        if (error is not null)
        {
            _handler.OnClosed(_connection, error);
        }

        Volatile.Read(ref _receiver)?.Stop();
    }
}
