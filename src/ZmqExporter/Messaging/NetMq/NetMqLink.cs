using System.Globalization;
using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A link over NetMQ. What the caller asks for is done on a worker's thread, in the order in which it was asked for. A connection is
/// made when a probe asks for one; between probes nobody looks at it, and the next probe finds out what became of it.
/// </summary>
/// <remarks>
/// A probe costs one change of threads in each direction: what follows <see cref="OpenAsync"/> runs on the worker's thread, so that
/// the request goes out and its reply is awaited right there. What follows a reply runs elsewhere: it may take long.
/// </remarks>
internal class NetMqLink : IMessageLink, IConnectionOwner
{
    private const int MaxUnawaited = 1000;

    private static readonly TimeSpan KnockMargin = TimeSpan.FromMilliseconds(100);

    private readonly ILinkObserver _observer;
    private readonly NetMqRuntime _runtime;
    private readonly TargetConfig _target;
    private readonly NetMqDialer _dialer;
    private readonly LinkWait _wait;
    private readonly OwnClient _own;
    private readonly LateReply _late;
    private NetMqWorker? _worker;
    private NetMqConnection? _connection; // belongs to the thread of its worker
    private volatile ZmtpError? _failure;
    private StrongBox<LinkOutcome>? _pong;
    private long _probe;
    private volatile bool _isOpening;
    private volatile bool _isAsking;
    private volatile bool _disposed;

    /// <param name="target">Where to.</param>
    /// <param name="options">How sockets are set up.</param>
    /// <param name="runtime">Where they live.</param>
    /// <param name="own">Our own client's way to the same server; disposed with this.</param>
    /// <param name="observer">Is told of what happens between calls.</param>
    public NetMqLink(TargetConfig target, NetMqSocketOptions options, NetMqRuntime runtime, OwnClient own, ILinkObserver observer)
    {
        _target = target;
        _runtime = runtime;
        _observer = observer;
        _own = own;
        _late = new LateReply(runtime.LateReplies, runtime.Context.Timers);
        _wait = new LinkWait(runtime.Context, OnDeadline);
        Suspect = runtime.Enter(this, target);
        _dialer = new NetMqDialer(target.Endpoint, options, this, runtime, own);
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
    public bool HasGreeted => _own.IsInUse ? _own.HasGreeted : _connection is { HasHeard: true };

    /// <inheritdoc />
    public ConnectionTimings Timings => _own.IsInUse ? _own.Timings : _dialer.Timings;

    /// <summary>Which worker serves it.</summary>
    private protected virtual WorkerRole Role => WorkerRole.Requests;

    /// <summary>The wait of the caller.</summary>
    private protected LinkWait Wait => _wait;

    private protected NetMqRuntime Runtime => _runtime;

    private protected bool IsDisposed => _disposed;

    private protected long Now => _runtime.Context.Timers.Time.GetTimestamp();

    /// <inheritdoc />
    public ValueTask<LinkOutcome> OpenAsync(long deadline) =>
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
    public ValueTask<LinkOutcome> ReceiveAsync(long until)
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

        var wait = _wait.Begin(until);
        Do(worker, WorkKind.Receive);
        return wait;
    }

    /// <inheritdoc />
    public virtual void EndProbe(AfterProbe next)
    {
        if (next != AfterProbe.Keep && _worker is { } worker)
        {
            Do(worker, next == AfterProbe.Close ? WorkKind.Close : WorkKind.KeepLate);
        }
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        _disposed = true;
        _runtime.Leave(this, _target);
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

    /// <inheritdoc />
    public virtual bool Awaits(NetMqConnection connection) => _wait.IsWaiting && connection == _connection;

    /// <inheritdoc />
    public virtual void OnReady(NetMqConnection connection)
    {
        if (connection != _connection)
        {
            return;
        }

        if (_isOpening)
        {
            connection.DrainMonitor();
            return;
        }

        if (_wait.IsWaiting)
        {
            Receive(connection);
        }
    }

    /// <inheritdoc />
    public void OnEvent(NetMqConnection connection, ConnectionEvent connectionEvent)
    {
        if (!_late.Is(connection))
        {
            _observer.OnConnectionEvent(connectionEvent);
        }
    }

    /// <inheritdoc />
    public void OnFlooded(NetMqConnection connection)
    {
        if (_late.Is(connection))
        {
            _late.Close();
        }
        else if (connection == _connection)
        {
            _isOpening = false;
            Lose(new ZmtpError(ZmtpErrorCode.TooLarge, "the peer sends a message that does not end"));
        }
    }

    /// <inheritdoc />
    public void OnClosed(NetMqConnection connection)
    {
        Suspect.OnClose();
        _late.Forget(connection);
    }

    /// <inheritdoc />
    public void OnFault(Exception exception)
    {
        var error = new ZmtpError(ZmtpErrorCode.Local, $"NetMQ failed: {exception.GetType().Name}: {exception.Message}");
        Drop();
        _failure = error;
        _wait.TryEnd(Failed(error));
    }

    /// <inheritdoc />
    public void Run(NetMqWorker worker, WorkKind kind, ZmtpMessage? message)
    {
        switch (kind)
        {
            case WorkKind.Open when !_disposed:
                Open(worker);
                break;
            case WorkKind.Send:
                Send(worker, message!);
                break;
            case WorkKind.Receive when _wait.IsWaiting:
                if (_isAsking)
                {
                    break; // the answer ends the wait
                }

                if (ConnectionOf(worker) is not { } connection || _failure is not null)
                {
                    _wait.TryEnd(Failed(_failure ?? NetMqRuntime.Rebuilding));
                }
                else
                {
                    BeginReceive(worker, connection);
                }

                break;
            case WorkKind.Close:
                Drop();
                break;
            case WorkKind.End:
                Drop();
                _late.Close();
                break;
            case WorkKind.KeepLate:
                KeepLate(worker);
                break;
            default:
                RunMore(worker, kind);
                break;
        }
    }

    /// <summary>The connection that a worker's thread may use, or null.</summary>
    private protected NetMqConnection? ConnectionOf(NetMqWorker worker) => _connection?.Worker == worker ? _connection : null;

    /// <summary>Somebody waits for a message.</summary>
    private protected virtual void BeginReceive(NetMqWorker worker, NetMqConnection connection)
    {
        worker.Watch(connection);
        Receive(connection);
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
    private protected void Connect(NetMqWorker worker, long deadline)
    {
        Drop();
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

    private protected static LinkOutcome Failed(ZmtpError error) => new(LinkOutcomeKind.Failed, 0, Error: error);

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
        if (connection.HasHeard || !_wait.IsWaiting)
        {
            Lose(new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ lost the connection: the peer closed it or broke the protocol"));
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

    private async Task KnockAsync(long probe)
    {
        try
        {
            // A little early, so that its verdict comes before the end of the probe.
            var now = Now;
            var left = Math.Max(0, _dialer.Deadline - now);
            var margin = Math.Min(left / 4, _runtime.Context.Timers.ToTicks(KnockMargin));
            var outcome = await _own.GreetAsync(_dialer.Deadline - margin);
            if (outcome is not { } known || probe != Volatile.Read(ref _probe))
            {
                return;
            }

            if (known.Kind == LinkOutcomeKind.Opened)
            {
                var pong = known with { Kind = LinkOutcomeKind.Pong };
                if (!_wait.TryEnd(pong))
                {
                    Volatile.Write(ref _pong, new StrongBox<LinkOutcome>(pong)); // the caller is between two waits
                }
            }
            else if (_connection is { HasHeard: false } && known.Error is { } error)
            {
                // It never said a word to NetMQ: then this is the reason.
                _failure = error;
                _wait.TryEnd(known);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _runtime.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async Task AskWhyAsync()
    {
        try
        {
            var error = await _own.AskAsync(_dialer.Deadline) ?? LostInHandshake;
            if (_isAsking)
            {
                _isAsking = false;
                _failure = error;
                _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _runtime.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async ValueTask<LinkOutcome> OpenQuarantinedAsync(long deadline)
    {
        if (await _own.AskAsync(deadline) is { } error)
        {
            return new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error);
        }

        if (!Suspect.TryBeginTrial(out var wait))
        {
            return Failed(new ZmtpError(
                ZmtpErrorCode.Local,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the handshake succeeds, but the target is quarantined after NetMQ's I/O thread died of what this server sent; next trial in {wait.TotalSeconds:0} s")));
        }

        return await OpenNetMqAsync(deadline);
    }

    private ValueTask<LinkOutcome> OpenNetMqAsync(long deadline)
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
        var wait = _wait.Begin(deadline);
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

    private void Open(NetMqWorker worker)
    {
        while (_late.Take() is { } late)
        {
            _observer.OnUnawaitedMessage(late);
        }

        if (ConnectionOf(worker) is { } connection)
        {
            connection.DrainMonitor();
            DrainUnawaited(connection);
            if (connection.IsConnected)
            {
                Opened();
                return;
            }

            if (_dialer.IsDialingOn(worker) && !connection.IsLost)
            {
                return; // a subscription's attempt, whose end ends this wait too
            }
        }

        if (!_dialer.IsDialingOn(worker))
        {
            Connect(worker, _dialer.Deadline);
        }
    }

    private async Task ConnectAsync(NetMqWorker worker, long deadline)
    {
        try
        {
            var (abandoned, error) = await _dialer.ConnectAsync(worker, deadline);
            if (abandoned)
            {
                return;
            }

            if (error is null && ConnectionOf(worker) is { IsConnected: true } connection)
            {
                BeforeOpened(connection);
                Opened();
            }
            else
            {
                _isOpening = false;
                Lose(error ?? Stopped);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _runtime.OnFault(exception);
            OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private void Opened()
    {
        _isOpening = false;
        _own.EndUse();
        _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Opened, Now), inline: true);
    }

    private void Send(NetMqWorker worker, ZmtpMessage message)
    {
        if (ConnectionOf(worker) is not { IsLost: false } connection)
        {
            _failure ??= new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ lost the connection before the request was sent");
            return;
        }

        Suspect.OnSend();
        DrainUnawaited(connection); // what came before the request cannot answer it
        if (!connection.TrySend(message))
        {
            _failure ??= new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ takes no more messages: the peer has not read the last ones");
        }
    }

    private void Receive(NetMqConnection connection)
    {
        // The message first: a server may answer and close.
        if (TryTake(connection))
        {
            return;
        }

        connection.DrainMonitor();
        if (connection.IsLost && !TryTake(connection))
        {
            Lose(connection);
        }
    }

    private bool TryTake(NetMqConnection connection)
    {
        if (connection.TryReceive(out var message, out var error))
        {
            if (!_wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Message, Now, message)))
            {
                _observer.OnUnawaitedMessage(message!);
            }

            return true;
        }

        if (error is not null)
        {
            Lose(error);
            return true;
        }

        return false;
    }

    private void DrainUnawaited(NetMqConnection connection)
    {
        for (var i = 0; i < MaxUnawaited && connection.TryReceive(out var message, out _); i++)
        {
            _observer.OnUnawaitedMessage(message!);
        }
    }

    private void KeepLate(NetMqWorker worker)
    {
        if (ConnectionOf(worker) is { } connection)
        {
            _connection = null;
            if (connection.TryReceive(out var message, out _))
            {
                _observer.OnUnawaitedMessage(message!);
                connection.Dispose();
            }
            else
            {
                _late.Keep(connection);
            }
        }
    }

    private void Drop()
    {
        _dialer.Abandon();
        var connection = _connection;
        _connection = null;
        connection?.Dispose();
    }

    private LinkOutcome OnDeadline(long now)
    {
        // A wait may also end before the deadline of the probe: then there is still time to hear why.
        var error = _isOpening ? _dialer.TimedOut() : _isAsking && now >= _dialer.Deadline ? LostInHandshake : null;
        return new LinkOutcome(error is null ? LinkOutcomeKind.TimedOut : LinkOutcomeKind.Failed, now, Error: error);
    }
}
