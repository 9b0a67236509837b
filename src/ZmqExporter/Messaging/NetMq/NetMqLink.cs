using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A link over NetMQ, which runs in a worker process. A connection that is kept is taken to be open until the worker says otherwise, so that
/// a probe costs one write to the worker and one read: what follows a short reply runs right on the thread that read it. Round trips are
/// the worker's: how long a request takes to get there is our own lateness.
/// </summary>
internal partial class NetMqLink : IMessageLink
{
    /// <summary>How many connections all links together keep for late replies.</summary>
    public const int MostLateReplies = 32;

    private const int SmallReply = 1024; // bytes

    private readonly ILinkObserver _observer;
    private readonly LinkOptions _options;
    private readonly NetMqDialer _dialer;
    private readonly DiagnosticClient _own;
    private readonly LateReplyConnections<WorkerConnection> _late;
    private readonly ProbeDelivery<WorkerConnection> _delivery; // with the lock that guards all of this
    private WorkerConnection? _replaced; // still read, beside the one that takes its place
    private ZmtpMessage? _unsent; // goes out once more, if the kept connection turns out to have been lost before
    private ZmtpError? _seenWrong; // what our own client, which looked first, has found in this probe
    private Timestamp _deadline;
    private Timestamp _sentAt;
    private int _probe;
    private long _attempt;
    private bool _isFirst; // nothing has been sent in this probe
    private bool _isKept; // nor has the connection been made in it
    private bool _isArmed; // the worker watches for a message
    private bool _isFlooded; // the last connection ended in the middle of a message without an end
    private bool _hasLookedInVain; // our own client has not seen that, and nothing else has come since
    private TimeSpan _looked; // how long our own client looked first
    private volatile bool _isDialing;
    private volatile bool _isAsking;

    /// <param name="options">Where to, and how sockets are set up.</param>
    /// <param name="workers">Where they live.</param>
    /// <param name="own">Our own client's way to the same server; disposed with this.</param>
    /// <param name="observer">Is notified of what happens between calls.</param>
    public NetMqLink(LinkOptions options, NetMqWorkers workers, DiagnosticClient own, ILinkObserver observer)
    {
        _options = options;
        Workers = workers;
        _observer = observer;
        _own = own;
        _delivery = new ProbeDelivery<WorkerConnection>(Timers, _ => new NetMqWait(Timers, workers.Later, Look, OnDeadline));
        _late = new LateReplyConnections<WorkerConnection>(
            Timers, workers.LateReplies, static connection => connection.IsOver, static connection => connection.Dispose());
        _dialer = new NetMqDialer(options, this, workers.Context, own);
        Server = workers.Enter(this, options.Endpoint.ToString());
    }

    /// <summary>What is known of the server's harm to NetMQ.</summary>
    public Suspect Server { get; }

    /// <summary>Where its connections are.</summary>
    public NetMqWorkers Workers { get; }

    /// <summary>What it is called in logs.</summary>
    public string Name => _options.Name;

    /// <inheritdoc />
    public PeerInfo? Peer => _own.Seen?.Peer;

    /// <inheritdoc />
    public bool SeesZmtp => false;

    /// <inheritdoc />
    /// <remarks>NetMQ tells nothing of greetings; a message is proof of one.</remarks>
    public bool HasGreeted => _own.Seen?.HasGreeted ?? Newest?.HasHeard ?? false;

    /// <inheritdoc />
    public ConnectionTimings Timings => _own.Seen?.Timings ?? _dialer.Timings;

    /// <inheritdoc />
    /// <remarks>When TCP connected.</remarks>
    public Timestamp OpenedAt => Newest is { IsUsable: true } connection ? connection.OpenedAt : Timestamp.None;

    /// <inheritdoc />
    public TimeSpan OwnDelay => _looked + _dialer.OwnDelay;

    /// <summary>Whether a probe waits for something.</summary>
    public bool IsAwaited => Wait.IsWaiting;

    /// <summary>How much of each frame of a subscription has to be handed over, in bytes.</summary>
    public virtual int KeptLength => 0;

    private protected LinkWait Wait => _delivery.Wait;

    private protected bool IsDisposed => _delivery.IsDisposed;

    /// <summary>The connection before the one in use, while it is still read.</summary>
    private protected WorkerConnection? Replaced => Volatile.Read(ref _replaced) is { IsUsable: true } replaced ? replaced : null;

    private protected WorkerConnection? InUse => _delivery.Used is { IsClosed: false } used ? used : null;

    private protected TimerQueue Timers => Workers.Context.Timers;

    private protected Timestamp Now => Timers.Now;

    /// <summary>Which worker serves it.</summary>
    private protected virtual WorkerRole Role => WorkerRole.Requests;

    /// <summary>Whether the connection in use is older than the module lets it grow.</summary>
    private protected bool IsOld => _options.MaxConnectionAge > TimeSpan.Zero && OpenedAt is { IsSet: true } openedAt && Now - openedAt >= _options.MaxConnectionAge;

    // Until it is connected, that is the one whose place it takes.
    private WorkerConnection? Newest => InUse is { IsUsable: true } used ? used : Replaced ?? _delivery.Used;

    /// <inheritdoc />
    public ValueTask<LinkOutcome> OpenAsync(Timestamp deadline)
    {
        (_seenWrong, _looked) = (null, TimeSpan.Zero);
        return !IsDisposed && (_isFlooded || Server is { IsQuarantined: true } or { IsSuspected: true, LooksBroken: not false })
            ? LookFirstAsync(deadline)
            : OpenNetMqAsync(deadline);
    }

    /// <inheritdoc />
    public void Send(ZmtpMessage message)
    {
        lock (_delivery.Lock)
        {
            if (message.Length > FrameRules.MaxMessage || message.FrameCount > FrameRules.MaxFrames)
            {
                Fail(new ZmtpError(ZmtpErrorCode.Local, $"a request of more than {FrameRules.MaxMessage} bytes or {FrameRules.MaxFrames} frames does not go through NetMQ's worker process"));
            }
            else if (InUse is { } connection && !_isDialing)
            {
                _unsent = _isKept && _isFirst ? message : null;
                (_sentAt, _isArmed) = (Now, true);
                connection.Send(message, _probe, _isFirst);
            }
            else
            {
                Fail(new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ lost the connection before the request was sent"));
            }

            _isFirst = false;
        }
    }

    /// <inheritdoc />
    /// <remarks>NetMQ sends no PING for us, so our own client knocks: what answers is the same I/O thread.</remarks>
    public bool SendPing()
    {
        if (IsDisposed || _isAsking)
        {
            return false;
        }

        _ = Workers.GuardAsync(() => AskOwnAsync(isKnock: true));
        return true;
    }

    /// <inheritdoc />
    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until)
    {
        lock (_delivery.Lock)
        {
            if (!_isArmed && !_isAsking && InUse is { IsUsable: true } connection && Role == WorkerRole.Requests)
            {
                _isArmed = true;
                connection.Ask(FrameKind.Await, _probe);
            }
        }

        var received = _delivery.ReceiveAsync(until);
        return _seenWrong is null ? received : OrSeenWrongAsync(received);
    }

    /// <inheritdoc />
    public virtual void EndProbe(AfterProbe next)
    {
        Workers.OnProbed(Server);
        Queue<LinkOutcome>? leftOver;
        lock (_delivery.Lock)
        {
            leftOver = _delivery.EndNeedsLock();
            _unsent = null;

            // The next probe makes another one, and resolves the name again.
            if (next == AfterProbe.KeepForLateReply && _isArmed && InUse is { } connection
                && _options.RoutingId.IsEmpty) // the next one has the same identity, so this one has to be gone
            {
                (connection.IsLeft, _delivery.Used) = (true, null);
                _late.Add(connection);
            }

            if (next is AfterProbe.Close or AfterProbe.Abort or AfterProbe.KeepForLateReply || (next == AfterProbe.Keep && IsOld))
            {
                DropNeedsLock();
            }

            _isArmed = false; // a reply that comes now carries the number of this probe
        }

        UnawaitedMessages.HandOver(_observer, leftOver);
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        _delivery.Stop();
        Workers.Leave(this);
        _own.Dispose();
        lock (_delivery.Lock)
        {
            DropNeedsLock();
        }

        _late.Dispose();
        _delivery.TryGive(from: null, LinkOutcome.Stopped);
    }

    /// <summary>The server is trusted again, so that its connections belong elsewhere.</summary>
    public virtual void OnReleased()
    {
        lock (_delivery.Lock)
        {
            if (!_delivery.IsProbing)
            {
                DropNeedsLock();
            }
        }
    }

    private void Fail(ZmtpError error) => _delivery.TryGive(from: null, Failed(error), inline: false);

    private LinkOutcome Failed(ZmtpError error) => new(LinkOutcomeKind.Failed, Now, Error: error);

    private LinkOutcome OnDeadline(Timestamp now, bool hasLooked)
    {
        // A wait may also end before the deadline of the probe: then there is still time to hear why. And a renewal is no business of it.
        var isOver = now >= _deadline;
        var error = isOver && _isAsking ? LostInHandshake // as the worker has told
            : !hasLooked ? new ZmtpError(ZmtpErrorCode.Local, "the NetMQ worker process did not answer in time, so the deadline proves nothing")
            : isOver && _isDialing && Replaced is null ? _dialer.TimedOut
            : null;
        return new LinkOutcome(error is null ? LinkOutcomeKind.TimedOut : LinkOutcomeKind.Failed, now, Error: error);
    }
}
