using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Endpoints;
using Zmtp.Listening;
using Zmtp.Wire;

namespace ZmqExporter.Listening;

/// <summary>
/// Binds <c>--heartbeat.listen-address</c> and takes what is pushed there. An address that cannot be bound is tried again and again, and until then
/// nobody knows how the targets are. Thread-safe.
/// </summary>
internal sealed partial class HeartbeatListener : BackgroundService, IHostedLifecycleService, IListenerHandler, IPushListener
{
    // A beat has 65,536 bytes of details and at most 500 others.
    private const int MaxMessageSize = 70 << 10;
    private const int MaxFrames = 32; // a beat with too many shall be called that
    private const int ShareOfFiles = 4;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly EquatableArray<ListenEndpoint> _endpoints;
    private readonly ListenerContext _context;
    private readonly PushedBeats _beats;
    private readonly HeartbeatListenerMetrics _metrics;
    private readonly Action<string> _removeStale;
    private readonly ILogger<HeartbeatListener> _logger;
    private readonly RefusalLog _refusals;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ZmtpListener?[] _listeners;
    private readonly string?[] _problems;
    private readonly IncomingConnections? _connections;
    private HeartbeatListenerConfig _config;
    private Timestamp _boundSince;

    /// <param name="endpoints">Where to listen; none for an exporter that takes no heartbeats.</param>
    /// <param name="config">Who may push at first.</param>
    /// <param name="context">What connections share.</param>
    /// <param name="maxFiles">How many files this process may open: a part of them at most are for those who push.</param>
    /// <param name="beats">Brings it to the targets.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="removeStale">Removes the file of a Unix socket that nobody has open.</param>
    /// <param name="logger">Hears of it.</param>
    public HeartbeatListener(
        EquatableArray<ListenEndpoint> endpoints,
        HeartbeatListenerConfig config,
        ListenerContext context,
        int maxFiles,
        PushedBeats beats,
        HeartbeatListenerMetrics metrics,
        Action<string> removeStale,
        ILogger<HeartbeatListener> logger)
    {
        _endpoints = endpoints;
        _config = config;
        _context = context;
        _beats = beats;
        _metrics = metrics;
        _removeStale = removeStale;
        _logger = logger;
        _refusals = new RefusalLog(context.Timers.Time);
        _listeners = new ZmtpListener?[endpoints.Length];
        _problems = new string?[endpoints.Length];
        if (endpoints.Length > 0)
        {
            var usual = new ListenerLimits { MaxMessageSize = MaxMessageSize, MaxFrames = MaxFrames };
            var most = Math.Min(usual.MaxOpen, maxFiles / ShareOfFiles);
            var limits = usual with { MaxOpen = most, MaxPending = Math.Min(usual.MaxPending, most / ShareOfFiles) };
            _connections = new IncomingConnections(context, ListenerSecurities.Of(config.Security), Heartbeat.HeartbeatProtocol.Name, limits, this);
        }
    }

    /// <inheritdoc />
    public string? Problem => _problems.FirstOrDefault(problem => problem is not null);

    /// <inheritdoc />
    public Timestamp AvailableSince => Timestamp.Max(Timestamp.VolatileRead(ref _boundSince), _connections?.AvailableSince ?? Timestamp.None);

    /// <inheritdoc />
    public Timestamp KeptAwayAt => _connections?.KeptAwayAt ?? Timestamp.None;

    /// <inheritdoc />
    public Task ReadAllAsync() => _connections?.ReadAllAsync() ?? Task.CompletedTask;

    /// <summary>Brings the metrics up to date.</summary>
    public void Collect()
    {
        if (_connections is not null)
        {
            _metrics.SetConnections(_connections.Open);
        }
    }

    /// <summary>These may push from now on; others who are connected are disconnected.</summary>
    public void Use(HeartbeatListenerConfig config)
    {
        if (config != _config)
        {
            _config = config;
            _connections?.Use(ListenerSecurities.Of(config.Security));
            WarnIfOpen();
        }
    }

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (_connections is null)
        {
            return Task.CompletedTask;
        }

        _metrics.Begin();
        _beats.Listener = this;
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Binds, now that the targets are there: what waited for us to come back is delivered at once, and the only beat of a job may be among it.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_connections is not null)
        {
            BindAll();
            WarnIfOpen();
        }

        _begun.TrySetResult();
        return Task.CompletedTask;
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var listener in _listeners)
        {
            listener?.Dispose();
        }

        _connections?.Dispose();
    }

    /// <inheritdoc />
    public void OnOpened(ListenerPeer peer)
    {
        peer.State = new PushSender(new PushPeer(peer));
        Log.Connected(_logger, peer.Words, peer.SocketType);
    }

    /// <inheritdoc />
    public void OnMessage(ListenerPeer peer, ZmtpMessage message, Timestamp arrived)
    {
        if (peer.State is not PushSender sender)
        {
            return;
        }

        switch (_beats.Deliver(message, sender, arrived))
        {
            case PushOutcome.Delivered:
                _metrics.Taken();
                break;
            case PushOutcome.UnknownName:
                _metrics.Refused(HeartbeatRefusal.UnknownName);
                var service = Excerpt.Of(message[1]);
                if (_refusals.Admits($"name {service}"))
                {
                    Log.UnknownName(_logger, service, peer.Words);
                }

                break;
            default:
                _metrics.Refused(HeartbeatRefusal.Malformed);
                if (_refusals.Admits($"malformed {peer.Address}"))
                {
                    Log.Malformed(_logger, peer.Words, Excerpt.Of(message[0]), message.FrameCount);
                }

                break;
        }
    }

    /// <inheritdoc />
    public void OnRefused(ListenerPeer peer, ZmtpError error)
    {
        var reason = ListenerWords.ReasonOf(error.Code);
        _metrics.Refused(reason);
        if (_refusals.Admits($"{reason} {peer.Address}"))
        {
            Log.Refused(_logger, peer.Words, error.Message);
        }
    }

    /// <inheritdoc />
    public void OnTurnedAway(string address)
    {
        _metrics.Refused(HeartbeatRefusal.TooManyConnections);
        if (_refusals.Admits($"room {address}"))
        {
            Log.TurnedAway(_logger, address);
        }
    }

    /// <inheritdoc />
    public void OnAcceptFailed(SocketError? error)
    {
        if (_refusals.Admits("accept"))
        {
            Log.AcceptFailed(_logger, error is { } code ? ListenerWords.Of(code, $"{code}") : "memory is short");
        }
    }

    /// <inheritdoc />
    public void OnClosed(ListenerPeer peer, ZmtpError error)
    {
        (peer.State as PushSender)?.OnClosed(_context.Timers.Now, error.Message, isOurDoing: error.Code == ZmtpErrorCode.Local);
        Log.Closed(_logger, peer.Words, error.Message);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _begun.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(LookInterval, _context.Timers.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested)
            {
                BindAll();
            }
        }
    }

    // Those that are not bound yet, and those whose loop has died, which is a bug.
    private void BindAll()
    {
        for (var i = 0; i < _listeners.Length; i++)
        {
            if (_listeners[i] is { Ended.IsCompleted: true } dead)
            {
                Log.Died(_logger, dead.Ended.Exception, dead.Address);
                dead.Dispose();
                _listeners[i] = null;
            }

            if (_listeners[i] is null)
            {
                Bind(i);
            }
        }
    }

    private void Bind(int index)
    {
        var endpoint = _endpoints[index];
        try
        {
            if (endpoint.File is { } file)
            {
                _removeStale(file);
            }

            var listener = ZmtpListener.Start(endpoint, _connections!);
            _listeners[index] = listener;
            Timestamp.VolatileWrite(ref _boundSince, _context.Timers.Now);
            Volatile.Write(ref _problems[index], null);
            var mechanism = ListenerSecurities.Of(_config.Security).Mechanism;
            Log.Listening(_logger, listener.Address, mechanism);
        }
        catch (SocketException exception)
        {
            var problem = $"the exporter cannot listen on {endpoint} (--heartbeat.listen-address): {ListenerWords.Of(exception.SocketErrorCode, exception.Message)}";
            if (_problems[index] is null)
            {
                Log.NotBound(_logger, problem);
            }

            Volatile.Write(ref _problems[index], problem);
        }
    }

    private void WarnIfOpen()
    {
        if (_config.Security is ListenerSecurityConfig.Null && _endpoints.FirstOrDefault(endpoint => !endpoint.IsLocal) is { } open)
        {
            Log.Open(_logger, open.ToString());
        }
    }
}
