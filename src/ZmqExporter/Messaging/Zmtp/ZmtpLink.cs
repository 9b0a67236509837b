using System.Threading.Tasks.Sources;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>A link over our own ZMTP client. A wait costs no allocation: the link is its own timer and its own task source.</summary>
internal sealed class ZmtpLink : TimerEntry, IMessageLink, IConnectionHandler, IValueTaskSource<LinkOutcome>
{
    private const int MaxInbox = 256;

    private static readonly TimeSpan OpenGrace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly ZmtpContext _context;
    private readonly ILinkObserver _observer;
    private readonly PersistentConnection _connection;
    private readonly LateReplyBudget _budget;
    private LateReplyConnections? _lateReplies;
    private ManualResetValueTaskSourceCore<LinkOutcome> _wait;
    private Queue<LinkOutcome>? _inbox;
    private ZmtpConnection? _used; // the connection of this probe, or of the last one
    private ZmtpError? _failure;
    private long _until;
    private bool _isWaiting;
    private bool _isProbing;
    private bool _disposed;

    public ZmtpLink(
        ZmtpEndpoint endpoint,
        ZmtpOptions options,
        ZmtpContext context,
        ReconnectOptions? reconnect,
        LateReplyBudget budget,
        ILinkObserver observer)
    {
        _context = context;
        _observer = observer;
        _budget = budget;
        _connection = new PersistentConnection(endpoint, options, context, reconnect, this);
    }

    /// <inheritdoc />
    public PeerInfo? Peer => _used?.Peer;

    /// <inheritdoc />
    public bool HasGreeted => _used?.HasGreeted ?? false;

    /// <inheritdoc />
    public ConnectionTimings Timings => _used?.Timings ?? default;

    private long Now => _context.Timers.Time.GetTimestamp();

    /// <inheritdoc />
    public ValueTask<LinkOutcome> OpenAsync(long deadline)
    {
        ValueTask<LinkOutcome> wait;
        bool isOpen;
        lock (_lock)
        {
            _isProbing = true;
            _failure = null;
            _inbox = null;

            // The wait begins before the attempt, and both under the lock: an attempt may fail on another thread at once.
            // It ends by itself by the deadline and knows the reason, so our own deadline is only a net beneath it.
            wait = WaitNeedsLock(deadline + _context.Timers.ToTicks(OpenGrace));
            _used = _connection.Open(deadline, out isOpen);
        }

        if (isOpen)
        {
            Complete(new LinkOutcome(LinkOutcomeKind.Opened, Now));
        }

        return wait;
    }

    /// <inheritdoc />
    public void Send(ZmtpMessage message) => _used?.Send(message);

    /// <inheritdoc />
    public bool SendPing()
    {
        if (_used is not { Peer: { } peer } connection)
        {
            return false;
        }

        connection.SendPing();

        // NetMQ answers although it announces 3.0; other 3.0 peers may not know the command.
        return peer is { VersionMajor: > 3 } or { VersionMajor: 3, VersionMinor: >= 1 };
    }

    /// <inheritdoc />
    public ValueTask<LinkOutcome> ReceiveAsync(long until)
    {
        lock (_lock)
        {
            return WaitNeedsLock(until);
        }
    }

    /// <inheritdoc />
    public void EndProbe(AfterProbe next)
    {
        Queue<LinkOutcome>? leftOver;
        lock (_lock)
        {
            _isProbing = false;
            leftOver = _inbox;
            _inbox = null;
        }

        while (leftOver is not null && leftOver.TryDequeue(out var outcome))
        {
            Report(outcome);
        }

        if (next == AfterProbe.Close)
        {
            _connection.Close();
        }
        else if (next == AfterProbe.KeepForLateReply && _connection.Detach() is { } connection)
        {
            (_lateReplies ??= new LateReplyConnections(_context.Timers, _budget)).Add(connection);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _connection.Dispose();
        _lateReplies?.Dispose();
        Complete(Stopped());
    }

    /// <inheritdoc />
    void IConnectionHandler.OnEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void IConnectionHandler.OnOpened(ZmtpConnection connection, PeerInfo peer)
    {
        if (IsAwaited(connection))
        {
            Complete(new LinkOutcome(LinkOutcomeKind.Opened, Now));
        }
    }

    /// <inheritdoc />
    void IConnectionHandler.OnMessage(ZmtpConnection connection, ZmtpMessage message, long timestamp)
    {
        if (IsAwaited(connection))
        {
            Complete(new LinkOutcome(LinkOutcomeKind.Message, timestamp, message));
            return;
        }

        _observer.OnUnawaitedMessage(message);
        _lateReplies?.Close(connection);
    }

    /// <inheritdoc />
    void IConnectionHandler.OnPong(ZmtpConnection connection, long timestamp)
    {
        if (IsAwaited(connection))
        {
            Complete(new LinkOutcome(LinkOutcomeKind.Pong, timestamp));
        }
    }

    /// <inheritdoc />
    void IConnectionHandler.OnClosed(ZmtpConnection connection, ZmtpError error)
    {
        _lateReplies?.Close(connection);
        if (IsAwaited(connection))
        {
            Complete(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
        }
    }

    /// <inheritdoc />
    LinkOutcome IValueTaskSource<LinkOutcome>.GetResult(short token) => _wait.GetResult(token);

    /// <inheritdoc />
    ValueTaskSourceStatus IValueTaskSource<LinkOutcome>.GetStatus(short token) => _wait.GetStatus(token);

    /// <inheritdoc />
    void IValueTaskSource<LinkOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc />
    protected override void OnDue(long due, long now)
    {
        lock (_lock)
        {
            if (!_isWaiting || now < _until)
            {
                return; // a wait that has ended since; the next one has set the timer anew
            }

            _isWaiting = false;
        }

        var stall = _context.StallBetween(due, now);

        // The timer's thread serves everybody: what follows this wait runs elsewhere.
        _wait.RunContinuationsAsynchronously = true;
        _wait.SetResult(stall is null
            ? new LinkOutcome(LinkOutcomeKind.TimedOut, now)
            : new LinkOutcome(LinkOutcomeKind.Failed, now, Error: stall));
    }

    private static LinkOutcome Stopped() =>
        new(LinkOutcomeKind.Failed, 0, Error: new ZmtpError(ZmtpErrorCode.Local, "the exporter stops"));

    private bool IsAwaited(ZmtpConnection connection)
    {
        lock (_lock)
        {
            return _isProbing && connection == _used;
        }
    }

    private ValueTask<LinkOutcome> WaitNeedsLock(long until)
    {
        if (_inbox is { Count: > 0 })
        {
            return new ValueTask<LinkOutcome>(_inbox.Dequeue());
        }

        if (_disposed)
        {
            return new ValueTask<LinkOutcome>(Stopped());
        }

        if (_failure is not null)
        {
            return new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: _failure));
        }

        _wait.Reset();
        _wait.RunContinuationsAsynchronously = false;
        _until = Math.Max(until, Now); // a time that has passed already must not look like a stall of ours
        _isWaiting = true;
        _context.Timers.Schedule(this, _until);
        return new ValueTask<LinkOutcome>(this, _wait.Version);
    }

    private void Complete(LinkOutcome outcome)
    {
        bool isDelivered;
        lock (_lock)
        {
            // A failure outlives its delivery: whoever waits next on a dead connection has to learn of it too.
            _failure ??= outcome.Error;
            isDelivered = _isWaiting;
            if (_isWaiting)
            {
                // The timer would have ended this wait long ago if this process had got to run.
                if (_context.StallBetween(_until, outcome.Timestamp) is { } stall)
                {
                    outcome = new LinkOutcome(LinkOutcomeKind.Failed, outcome.Timestamp, Error: stall);
                }

                _isWaiting = false;
                _context.Timers.Cancel(this);
            }
            else if (_isProbing && outcome.Error is null && (_inbox?.Count ?? 0) < MaxInbox)
            {
                (_inbox ??= new Queue<LinkOutcome>(1)).Enqueue(outcome);
                return;
            }
        }

        if (isDelivered)
        {
            _wait.SetResult(outcome);
        }
        else
        {
            Report(outcome);
        }
    }

    private void Report(LinkOutcome outcome)
    {
        if (outcome.Message is not null)
        {
            _observer.OnUnawaitedMessage(outcome.Message);
        }
    }
}
