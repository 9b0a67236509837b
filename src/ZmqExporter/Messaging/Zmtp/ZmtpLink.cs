using System.Threading.Tasks.Sources;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>A link over our own ZMTP client. A wait costs no allocation: the link is its own timer and its own task source.</summary>
internal partial class ZmtpLink : TimerEntry, IThreadPoolWorkItem, IMessageLink, IMessageHandler, IValueTaskSource<LinkOutcome>
{
    private const int MaxInbox = 256;
    private const int MaxInboxBytes = 4 << 20;
    private const int MaxUnawaited = 1000; // between two probes: nobody asked for so much

    private static readonly ZmtpError TooManyUnawaited = new(
        ZmtpErrorCode.Protocol, FormattableString.Invariant($"the peer sent more than {MaxUnawaited} messages that nobody had asked for"));

    private readonly Lock _lock = new();
    private readonly ZmtpContext _context;
    private readonly ILinkObserver _observer;
    private readonly PersistentConnection _connection;
    private readonly LateReplyBudget _budget;
    private LateReplyConnections? _lateReplies;
    private ManualResetValueTaskSourceCore<LinkOutcome> _wait;
    private Queue<LinkOutcome>? _inbox;
    private int _inboxBytes;
    private int _unawaited;
    private ZmtpConnection? _used; // the connection of this probe, or of the last one
    private ZmtpError? _failure;
    private Timestamp _until;
    private bool _isWaiting;
    private bool _isOpening;
    private bool _isProbing;
    private bool _disposed;

    public ZmtpLink(
        ZmtpEndpoint endpoint,
        ZmtpOptions options,
        ZmtpContext context,
        ReconnectOptions? reconnect,
        TimeSpan attemptTimeout,
        TimeSpan maxConnectionAge,
        LateReplyBudget budget,
        ILinkObserver observer)
    {
        _maxAge = maxConnectionAge == TimeSpan.Zero ? TimeSpan.MaxValue : maxConnectionAge;
        _attemptTimeout = attemptTimeout;
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
    public bool OnlyLooks => _used?.OnlyLooks ?? false;

    /// <inheritdoc />
    public ConnectionTimings Timings => _used?.Timings ?? default;

    /// <inheritdoc />
    public Timestamp OpenedAt => _used?.OpenedAt ?? Timestamp.None;

    /// <inheritdoc />
    public TimeSpan OwnDelay => _used?.OwnDelay ?? TimeSpan.Zero;

    /// <inheritdoc />
    public bool? IsAcknowledged => _used?.IsAcknowledged;

    /// <inheritdoc />
    public bool WasLostToPing => _used?.EndedAtPing ?? false;

    private Timestamp Now => _context.Timers.Now;

    /// <inheritdoc />
    public ValueTask<LinkOutcome> OpenAsync(Timestamp deadline)
    {
        lock (_lock)
        {
            _isProbing = true;
            _unawaited = 0;
            _failure = null;
            if (_disposed)
            {
                return new ValueTask<LinkOutcome>(Stopped());
            }

            // Under the lock, so that whatever the attempt says, on whichever thread, finds us waiting for it.
            _used = _connection.Open(deadline, out var isOpen);
            if (isOpen)
            {
                return new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Opened, Now));
            }

            // The attempt ends by itself, and knows when and why.
            _isOpening = true;
            return WaitNeedsLock(Timestamp.Never);
        }
    }

    /// <inheritdoc />
    public void Send(ZmtpMessage message) => _used?.Send(message);

    /// <inheritdoc />
    public bool SendPing() => _used?.SendPing() ?? false;

    /// <inheritdoc />
    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until)
    {
        lock (_lock)
        {
            return WaitNeedsLock(until);
        }
    }

    /// <inheritdoc />
    public virtual void EndProbe(AfterProbe next)
    {
        Queue<LinkOutcome>? leftOver;
        LateReplyConnections? lateReplies = null;
        lock (_lock)
        {
            _isProbing = false;
            _awaitsBeside = false;
            _asksBeside = false;
            leftOver = _inbox;
            _inbox = null;
            _inboxBytes = 0;
            if (next == AfterProbe.KeepForLateReply && !_disposed)
            {
                lateReplies = LateRepliesNeedsLock();
            }
        }

        while (leftOver is not null && leftOver.TryDequeue(out var outcome))
        {
            if (outcome.Message is not null)
            {
                _observer.OnUnawaitedMessage(outcome.Message);
                lateReplies = null; // the late reply has come
            }
        }

        if (next == AfterProbe.KeepForLateReply && lateReplies is not null)
        {
            if (_connection.Detach() is { } connection)
            {
                lateReplies.Add(connection);
            }
        }
        else if (next is AfterProbe.Abort or AfterProbe.KeepForLateReply)
        {
            _connection.Abort();
        }
        else if (next == AfterProbe.Close)
        {
            _connection.Close();
        }

        RenewBetweenProbes(next);
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        LateReplyConnections? lateReplies;
        lock (_lock)
        {
            _disposed = true;
            lateReplies = _lateReplies;
        }

        _connection.Dispose();
        lateReplies?.Dispose();
        TryComplete(from: null, Stopped());
    }

    /// <inheritdoc />
    void IConnectionHandler.OnEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void IConnectionHandler.OnOpened(ZmtpConnection connection, PeerInfo peer)
    {
        if (IsBeside(connection))
        {
            OnBesideOpened(connection);
            return;
        }

        BeforeOpened(connection, connection.OpenedAt);
        TryComplete(connection, new LinkOutcome(LinkOutcomeKind.Opened, connection.OpenedAt));
    }

    /// <inheritdoc />
    void IMessageHandler.OnMessage(ZmtpConnection connection, ZmtpMessage message, Arrival arrival)
    {
        if (!TryComplete(connection, new LinkOutcome(LinkOutcomeKind.Message, arrival.Latest, message) { Earliest = arrival.Earliest }))
        {
            _observer.OnUnawaitedMessage(message);
            ForgetLate(connection);
            if (Interlocked.Increment(ref _unawaited) > MaxUnawaited)
            {
                _connection.Abort(connection);
                TryComplete(connection, new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: TooManyUnawaited)); // else a probe would take it for silence
            }
        }
    }

    /// <inheritdoc />
    void IConnectionHandler.OnPong(ZmtpConnection connection, Timestamp timestamp) =>
        TryComplete(connection, new LinkOutcome(LinkOutcomeKind.Pong, timestamp));

    /// <inheritdoc />
    void IConnectionHandler.OnClosed(ZmtpConnection connection, ZmtpError error)
    {
        ForgetLate(connection);
        if (IsBeside(connection))
        {
            OnBesideFailed(connection, error);
            return;
        }

        AfterLoss(connection);
        TryComplete(connection, new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
    }

    /// <inheritdoc />
    LinkOutcome IValueTaskSource<LinkOutcome>.GetResult(short token) => _wait.GetResult(token);

    /// <inheritdoc />
    ValueTaskSourceStatus IValueTaskSource<LinkOutcome>.GetStatus(short token) => _wait.GetStatus(token);

    /// <inheritdoc />
    void IValueTaskSource<LinkOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc />
    /// <remarks>Elsewhere: our lock is held while an attempt is given up, and closing its socket may take its time.</remarks>
    protected override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Ends the wait whose time is over.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        ZmtpConnection? connection;
        Timestamp until;
        short wait;
        lock (_lock)
        {
            if (!_isWaiting || Now < _until)
            {
                return; // a wait that has ended since; the next one has set the timer again
            }

            connection = _used;
            until = _until;
            wait = _wait.Version;
        }

        // Whatever this process was held up by: what had come by then is in the socket, and counts.
        if (connection is null)
        {
            EndWait(wait);
        }
        else
        {
            connection.ReadThen(until, static due => ((DueWait)due!).End(), new DueWait(this, wait));
        }
    }

    /// <summary>The time of a wait is over and the socket has been read.</summary>
    /// <param name="wait">Which: another one that began meanwhile has a read of its own.</param>
    internal void EndWait(short wait)
    {
        lock (_lock)
        {
            if (!_isWaiting || wait != _wait.Version)
            {
                return;
            }

            _isWaiting = false;
            _isOpening = false;
        }

        _wait.SetResult(new LinkOutcome(LinkOutcomeKind.TimedOut, Now));
    }

    /// <summary>A connection is open, and nobody has been notified yet.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="timestamp">Since when.</param>
    private protected virtual void BeforeOpened(ZmtpConnection connection, Timestamp timestamp)
    {
    }

    /// <summary>A renewal ends between probes: another connection takes the place of the one in use.</summary>
    /// <param name="replaced">The one that was in use, or null.</param>
    /// <param name="taken">The one that is.</param>
    /// <returns>False when the old one is kept for a while, which is then the callee's.</returns>
    private protected virtual bool Replace(ZmtpConnection? replaced, ZmtpConnection taken)
    {
        BeforeOpened(taken, taken.OpenedAt);
        return true;
    }

    /// <summary>A connection was lost, or could not be made, and nobody has been told yet.</summary>
    private protected virtual void AfterLoss(ZmtpConnection connection)
    {
    }

    /// <summary>Ends a wait on this connection, if there is one, as a message would.</summary>
    private protected void Wake(ZmtpConnection connection, Timestamp timestamp)
    {
        // Nobody waits most of the time, and then this is all that a read costs.
        if (Volatile.Read(ref _isWaiting))
        {
            TryComplete(connection, new LinkOutcome(LinkOutcomeKind.Message, timestamp));
        }
    }

    /// <summary>Makes a connection although no probe asks for one.</summary>
    private protected void Reopen(TimeSpan timeout) => _connection.Open(_context.Timers.After(timeout), out _);

    private static LinkOutcome Stopped() =>
        new(LinkOutcomeKind.Failed, Timestamp.None, Error: new ZmtpError(ZmtpErrorCode.Local, "the exporter stops"));

    private ValueTask<LinkOutcome> WaitNeedsLock(Timestamp until)
    {
        if (_inbox is { Count: > 0 })
        {
            var outcome = _inbox.Dequeue();
            _inboxBytes -= outcome.Message?.Length ?? 0;
            return new ValueTask<LinkOutcome>(outcome);
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
        _until = until;
        _isWaiting = true;
        if (until != Timestamp.Never)
        {
            _context.Timers.Schedule(this, until);
        }

        return new ValueTask<LinkOutcome>(this, _wait.Version);
    }

    /// <summary>Gives an outcome to the probe, if it is one of the connection that the probe uses: both are decided at once, or
    /// a message could be looked at for one probe and reach the next one.</summary>
    /// <returns>False when no probe takes it.</returns>
    private bool TryComplete(ZmtpConnection? from, LinkOutcome outcome)
    {
        lock (_lock)
        {
            if (from is not null && (!_isProbing || from != _used))
            {
                if (!_isProbing || !_asksBeside || from != _beside || outcome.Kind != LinkOutcomeKind.Message)
                {
                    return false;
                }

                outcome = outcome with { IsBeside = true };
            }

            if (outcome.Kind == LinkOutcomeKind.Opened && !_isOpening)
            {
                return true; // the probe found it open and has been told
            }

            // A failure outlives its delivery: whoever waits next on a dead connection has to learn of it too.
            _failure ??= outcome.Error;
            if (!_isWaiting)
            {
                return outcome.Error is not null || TryKeepNeedsLock(outcome);
            }

            EndWaitNeedsLock();
        }

        _wait.SetResult(outcome);
        return true;
    }

    private bool TryKeepNeedsLock(LinkOutcome outcome)
    {
        var bytes = outcome.Message?.Length ?? 0;
        if (_inbox is not null && (_inbox.Count >= MaxInbox || _inboxBytes + bytes > MaxInboxBytes))
        {
            return false;
        }

        (_inbox ??= new Queue<LinkOutcome>(1)).Enqueue(outcome);
        _inboxBytes += bytes;
        return true;
    }

    private void EndWaitNeedsLock()
    {
        _isWaiting = false;
        _isOpening = false;
        _context.Timers.Cancel(this);
    }

    private LateReplyConnections LateRepliesNeedsLock() => _lateReplies ??= new LateReplyConnections(_context.Timers, _budget);

    private void ForgetLate(ZmtpConnection connection)
    {
        LateReplyConnections? lateReplies;
        lock (_lock)
        {
            lateReplies = _lateReplies;
        }

        lateReplies?.Close(connection);
    }

    private sealed class DueWait(ZmtpLink link, short wait)
    {
        public void End() => link.EndWait(wait);
    }
}
