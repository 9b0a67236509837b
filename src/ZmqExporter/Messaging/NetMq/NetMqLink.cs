using System.Runtime.CompilerServices;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A link over NetMQ. What the caller asks for is done on a worker's thread, in the order in which it was asked for. A connection is
/// made when a probe asks for one; between probes nobody looks at it, and the next probe finds out what became of it.
/// </summary>
/// <remarks>
/// A probe costs one change of threads: what follows <see cref="OpenAsync"/> runs on the worker's thread, so that
/// the request goes out and its reply is awaited right there, and so does what follows a short reply. What follows a long one runs
/// elsewhere: to judge it may take a while.
/// </remarks>
internal partial class NetMqLink : IMessageLink, IConnectionOwner
{
    private const int MaxUnawaited = 1000;
    private const int SmallReply = 1024; // bytes

    private static readonly TimeSpan KnockMargin = TimeSpan.FromMilliseconds(100);

    private readonly ILinkObserver _observer;
    private readonly NetMqRuntime _runtime;
    private readonly LinkOptions _options;
    private readonly NetMqDialer _dialer;
    private readonly NetMqWait _wait;
    private readonly DiagnosticClient _own;
    private readonly LateReply _late;
    private readonly TimeSpan _maxAge;
    private NetMqWorker? _worker;
    private NetMqConnection? _connection; // belongs to the thread of its worker
    private volatile ZmtpError? _failure;
    private StrongBox<LinkOutcome>? _pong;
    private long _probe;
    private Timestamp _openedAt; // of the connection in use; not set without one
    private volatile bool _isOpening;
    private bool _isDrained; // a moment ago, for the request that comes now
    private volatile bool _isAsking;
    private volatile bool _hasHeard; // on the connection that was dropped last
    private volatile bool _disposed;

    /// <param name="options">Where to, and how sockets are set up.</param>
    /// <param name="runtime">Where they live.</param>
    /// <param name="own">Our own client's way to the same server; disposed with this.</param>
    /// <param name="observer">Is notified of what happens between calls.</param>
    public NetMqLink(LinkOptions options, NetMqRuntime runtime, DiagnosticClient own, ILinkObserver observer)
    {
        _options = options;
        _runtime = runtime;
        _observer = observer;
        _own = own;
        var maxAge = options.MaxConnectionAge;
        _maxAge = maxAge == TimeSpan.Zero ? TimeSpan.MaxValue : maxAge;
        _late = new LateReply(runtime.LateReplies, runtime.Context.Timers);
        _wait = new NetMqWait(runtime.Context.Timers, OnDeadline);
        Suspect = runtime.Enter(this, options);
        _dialer = new NetMqDialer(options, this, runtime, own);
    }

    /// <summary>What is known of the server's harm to NetMQ.</summary>
    public Suspect Suspect { get; }

    /// <inheritdoc />
    public PeerInfo? Peer => _own.IsInUse ? _own.Peer : null;

    /// <summary>Whether a probe waits for the connection.</summary>
    public bool IsAwaited => _wait.IsWaiting;

    /// <inheritdoc />
    public bool SeesZmtp => false;

    /// <inheritdoc />
    /// <remarks>NetMQ tells nothing of greetings; a message is proof of one.</remarks>
    public bool HasGreeted => _own.IsInUse ? _own.HasGreeted : _connection?.HasHeard ?? _hasHeard;

    /// <inheritdoc />
    public ConnectionTimings Timings => _own.IsInUse ? _own.Timings : _dialer.Timings;

    /// <inheritdoc />
    /// <remarks>When TCP connected.</remarks>
    public Timestamp OpenedAt => Timestamp.VolatileRead(ref _openedAt);

    /// <summary>Which worker serves it.</summary>
    private protected virtual WorkerRole Role => WorkerRole.Requests;

    /// <summary>The wait of the caller.</summary>
    private protected NetMqWait Wait => _wait;

    private protected NetMqRuntime Runtime => _runtime;

    private protected bool IsDisposed => _disposed;

    /// <summary>Whether the connection in use is older than the module lets it grow.</summary>
    private protected bool IsOld => Timestamp.VolatileRead(ref _openedAt) is { IsSet: true } openedAt && Now - openedAt >= _maxAge;

    private protected Timestamp Now => _runtime.Context.Timers.Now;

    /// <inheritdoc />
    public ValueTask<LinkOutcome> OpenAsync(Timestamp deadline) =>
        Suspect.IsQuarantined ? OpenQuarantinedAsync(deadline) : OpenNetMqAsync(deadline);

    /// <inheritdoc />
    public void Send(ZmtpMessage message)
    {
        if (_worker is { } worker)
        {
            Do(worker, WorkKind.Send, message);
        }
    }

    /// <inheritdoc />
    /// <remarks>NetMQ sends no PING for us, so our own client knocks: what answers is the same I/O thread.</remarks>
    public bool SendPing()
    {
        if (_disposed || _isAsking)
        {
            return false;
        }

        _ = KnockAsync(Volatile.Read(ref _probe));
        return true;
    }

    /// <inheritdoc />
    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until)
    {
        if (_disposed || _worker is not { } worker)
        {
            return new ValueTask<LinkOutcome>(Failed(Stopped));
        }

        if (_failure is { } failure)
        {
            return new ValueTask<LinkOutcome>(Failed(failure));
        }

        if (Interlocked.Exchange(ref _pong, null) is { } pong)
        {
            return new ValueTask<LinkOutcome>(pong.Value);
        }

        var wait = _wait.Begin(until, isReceive: true);
        Do(worker, WorkKind.Receive);
        return wait;
    }

    /// <inheritdoc />
    public virtual void EndProbe(AfterProbe next)
    {
        // The next probe makes another one, and resolves the name again.
        next = next == AfterProbe.Keep && IsOld ? AfterProbe.Close : next;
        if (next is AfterProbe.Close or AfterProbe.Abort or AfterProbe.KeepForLateReply && _worker is { } worker)
        {
            Do(worker, next == AfterProbe.KeepForLateReply ? WorkKind.KeepLate : WorkKind.Close);
        }
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        _disposed = true;
        _runtime.Leave(this, _options);
        _own.Dispose();
        _wait.TryEnd(Failed(Stopped));
        _worker?.Post(this, WorkKind.End);
    }

    /// <summary>The sockets that this link used are gone.</summary>
    public void OnGenerationDied(ZmtpError error)
    {
        _failure = error;
        _wait.TryEnd(Failed(error));
    }

    /// <summary>Sockets can be made again.</summary>
    public virtual void OnGenerationStarted()
    {
    }

    /// <summary>The connection that a worker's thread may use, or null.</summary>
    private protected NetMqConnection? ConnectionOf(NetMqWorker worker) => _connection?.Worker == worker ? _connection : null;

    /// <summary>Somebody waits for a message.</summary>
    private protected virtual void BeginReceive(NetMqWorker worker, NetMqConnection connection)
    {
        worker.Watch(connection); // the select looks at once whether something is there already
        if (!connection.IsConnected)
        {
            Receive(connection);
        }
    }

    /// <summary>Work that only a subscription has.</summary>
    private protected virtual void RunMore(NetMqWorker worker, WorkKind kind)
    {
    }

    /// <summary>A connection is open, and nobody has been told yet.</summary>
    private protected virtual void BeforeOpened(NetMqConnection connection)
    {
    }

    /// <summary>A connection could not be made or was lost.</summary>
    private protected virtual void AfterLoss()
    {
    }

    /// <summary>Starts to make a connection.</summary>
    private protected void Connect(NetMqWorker worker, Timestamp deadline)
    {
        Drop();
        _hasHeard = false;
        _worker = worker;
        _isOpening = true;
        _own.EndUse();
        _ = ConnectAsync(worker, deadline);
    }

    /// <summary>What the link works with from now on.</summary>
    internal void Use(NetMqConnection connection)
    {
        _connection?.Dispose();
        _connection = connection;
        connection.Worker.Watch(connection);
    }

    private protected static LinkOutcome Failed(ZmtpError error) => new(LinkOutcomeKind.Failed, Timestamp.None, Error: error);

    /// <summary>A connection cannot be made or used.</summary>
    private protected void Lose(ZmtpError error)
    {
        _failure = error;
        Drop();
        _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
        AfterLoss();
    }

    /// <summary>A connection was lost.</summary>
    private protected void Lose(NetMqConnection connection)
    {
        if (connection.Refused is { } refused)
        {
            Lose(refused);
            return;
        }

        if (connection.HasHeard || !_wait.IsWaiting)
        {
            Lose(new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ lost the connection: the peer closed it or broke the protocol") { IsByPeer = true });
            return;
        }

        // To NetMQ, a handshake that fails is a connection that closes: our own client knows more.
        Drop();
        _isAsking = true;
        _ = AskWhyAsync();
        AfterLoss();
    }

    private static ZmtpError LostInHandshake { get; } = new(
        ZmtpErrorCode.Disconnected, "NetMQ lost the connection before any message came: the peer closed it, or the handshake failed");

    private static ZmtpError Stopped { get; } = new(ZmtpErrorCode.Local, "the exporter stops");

    private ValueTask<LinkOutcome> OpenNetMqAsync(Timestamp deadline)
    {
        if (_disposed)
        {
            return new ValueTask<LinkOutcome>(Failed(Stopped));
        }

        if (!_runtime.TryGetWorker(Role, out var worker, out var error))
        {
            return new ValueTask<LinkOutcome>(Failed(error));
        }

        _worker = worker;
        Interlocked.Increment(ref _probe);
        Volatile.Write(ref _pong, null);
        _failure = null;
        _isAsking = false;
        _isOpening = true;
        _dialer.Begin(deadline);
        var wait = _wait.Begin(deadline, isReceive: false);
        if (!worker.Post(this, WorkKind.Open))
        {
            _wait.TryEnd(Failed(NetMqRuntime.Rebuilding));
        }

        return wait;
    }

    private void Do(NetMqWorker worker, WorkKind kind, ZmtpMessage? message = null)
    {
        if (worker.IsCurrent)
        {
            Run(worker, kind, message);
        }
        else if (!worker.Post(this, kind, message) && kind is WorkKind.Send or WorkKind.Receive)
        {
            _failure ??= NetMqRuntime.Rebuilding;
            _wait.TryEnd(Failed(NetMqRuntime.Rebuilding));
        }
    }

    private LinkOutcome OnDeadline(Timestamp now)
    {
        // A wait may also end before the deadline of the probe: then there is still time to hear why.
        var error = _isOpening ? _dialer.TimedOut() : _isAsking && now >= _dialer.Deadline ? LostInHandshake : null;
        return new LinkOutcome(error is null ? LinkOutcomeKind.TimedOut : LinkOutcomeKind.Failed, now, Error: error);
    }
}
