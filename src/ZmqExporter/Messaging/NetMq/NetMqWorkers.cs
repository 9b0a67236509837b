using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// The worker processes that NetMQ runs in. Each is started when a link needs it. One that ends is started again, after a pause that grows
/// while that happens again and again; which server did it is found out, and that server is quarantined. Thread-safe.
/// </summary>
internal sealed partial class NetMqWorkers : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30); // and who has lived that long has been well
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1); // after which the workers of suspects are stopped

    private static readonly ZmtpError Stopped = new(ZmtpErrorCode.Local, "the exporter stops");

    /// <summary>What it means that a suspect cannot be tried yet.</summary>
    public static readonly ZmtpError Waits = new(
        ZmtpErrorCode.Local, "NetMQ died of what some server sent, this one is among those that it may have been, and it waits for its turn to be tried alone");

    private readonly Lock _lock = new();
    private WorkerSettings _settings; // of the next worker that is started
    private readonly WorkerPlace[] _places = [new(), new(), new(), new()];
    private readonly SuspectList _suspects = new();
    private readonly ReleaseTimer _release;
    private Timestamp _lastTrial;
    private bool _isStopped;

    /// <param name="context">Timers and names.</param>
    /// <param name="settings">What the workers are started with, and who is notified.</param>
    public NetMqWorkers(ZmtpContext context, WorkerSettings settings)
    {
        Context = context;
        _settings = settings;
        _release = new ReleaseTimer(this);
    }

    public ZmtpContext Context { get; }

    /// <summary>How many connections are kept for late replies.</summary>
    public LateReplyBudget LateReplies { get; } = new(NetMqLink.MostLateReplies);

    /// <summary>The servers that NetMQ must not connect to.</summary>
    public IReadOnlyList<string> Quarantined
    {
        get
        {
            lock (_lock)
            {
                return [.. _suspects.Quarantined.Select(server => server.Endpoint)];
            }
        }
    }

    /// <summary>The targets are others: workers may have as many connections from now on.</summary>
    /// <param name="maxConnections">How many each may have.</param>
    /// <param name="usesCurve">Whether there are targets with CURVE. Like the limit of memory, that counts for workers that are started later.</param>
    public void Expect(int maxConnections, bool usesCurve)
    {
        lock (_lock)
        {
            if (maxConnections != _settings.MaxConnections)
            {
                foreach (var place in _places)
                {
                    place.Worker?.Limit(maxConnections);
                }
            }

            _settings = _settings with { MaxConnections = maxConnections, UsesCurve = usesCurve };
        }
    }

    /// <summary>A link begins to exist.</summary>
    public Suspect Enter(NetMqLink link, string endpoint)
    {
        lock (_lock)
        {
            var server = _suspects.Of(endpoint);
            server.Links.Add(link);
            return server;
        }
    }

    /// <summary>A link ceases to exist.</summary>
    public void Leave(NetMqLink link)
    {
        lock (_lock)
        {
            if (link.Server.Links.Remove(link) && link.Server.Links.Count == 0)
            {
                _suspects.Remove(link.Server);
            }
        }
    }

    /// <summary>Where a connection is to be made; a worker is started if there is none.</summary>
    /// <param name="server">To whom.</param>
    /// <param name="role">What for.</param>
    /// <param name="route">Where.</param>
    /// <param name="error">Why not now.</param>
    public bool TryRoute(Suspect server, WorkerRole role, out WorkerRoute route, [NotNullWhen(false)] out ZmtpError? error)
    {
        lock (_lock)
        {
            route = default;
            error = null;
            if (server.IsSuspected && (server.LooksBroken is null || !_suspects.TryIsolate(server)))
            {
                error = Waits;
                return false;
            }

            role = !server.IsSuspected ? role : server.LooksBroken == true ? WorkerRole.BrokenSuspects : WorkerRole.Suspects;
            var place = _places[(int)role];
            if (_isStopped || (place.Worker is null && Context.Timers.Now < place.NotBefore))
            {
                error = _isStopped ? Stopped : place.Last!.Ended;
                return false;
            }

            route = new WorkerRoute(place.Worker ?? StartNeedsLock(place, role), server.OwnThread ?? (server.Number % SuspectList.SharedThreads));
            return true;
        }
    }

    /// <summary>Our own client has looked at a suspect.</summary>
    public void OnLooked(Suspect server, bool looksBroken)
    {
        lock (_lock)
        {
            server.LooksBroken = looksBroken;
        }
    }

    /// <summary>A connection begins.</summary>
    public void OnConnect(Suspect server, WorkerRoute route)
    {
        lock (_lock)
        {
            server.OnConnect(route.Worker, route.IoThread, Context.Timers.Now);
            if (server.IsSuspected)
            {
                _lastTrial = Context.Timers.Now;
                Context.Timers.Schedule(_release, Context.Timers.After(Period));
            }
        }
    }

    public void OnClose(Suspect server, WorkerRoute route)
    {
        lock (_lock)
        {
            server.OnClose(route.Worker, Context.Timers.Now);
        }
    }

    /// <summary>A probe has ended.</summary>
    public void OnProbed(Suspect server)
    {
        if (server.IsSuspected)
        {
            lock (_lock)
            {
                server.OnProbed();
            }
        }
    }

    /// <summary>Lets NetMQ try a server again, when its quarantine is over.</summary>
    public bool TryBeginTrial(Suspect server, out TimeSpan left)
    {
        lock (_lock)
        {
            return server.TryBeginTrial(Context.Timers.Now, out left);
        }
    }

    public void OnFault(Exception exception) => _settings.OnFault?.Invoke(exception);

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        Context.Timers.Cancel(_release);
        foreach (var place in _places)
        {
            place.Worker?.Stop();
        }
    }

    private WorkerProcess StartNeedsLock(WorkerPlace place, WorkerRole role)
    {
        if (place.Last is not null)
        {
            _settings.OnRestarted?.Invoke();
        }

#pragma warning disable CA1308 // A thread's name, in the style of the others.
        var name = role.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        var threads = role >= WorkerRole.Suspects ? SuspectList.OwnThreads : SuspectList.SharedThreads;
        return place.Worker = new WorkerProcess(_settings, name, threads, worker => OnEnd(place, worker));
    }

    private void OnEnd(WorkerPlace place, WorkerProcess worker)
    {
        IReadOnlyList<Suspect> culprits = [];
        IReadOnlyList<Suspect> suspects = [];
        TimeSpan pause;
        var quarantines = new List<(string Targets, string Endpoint, TimeSpan Duration)>();
        lock (_lock)
        {
            var now = Context.Timers.Now;
            if (_isStopped || place.Worker != worker)
            {
                return; // it was stopped
            }

            (place.Worker, place.Last) = (null, worker);

            if (worker.WasBrokenInside)
            {
                (culprits, suspects) = _suspects.Judge(worker, worker.DeadThreads, now);
            }
            else
            {
                _suspects.Forget(worker);
            }

            quarantines.AddRange(culprits.Select(server => (NamesOf(server), server.Endpoint, server.Quarantine(now))));

            // A death that has taught something is no reason to wait.
            var wasWell = culprits.Count + suspects.Count > 0 || now - worker.Started > LongestPause;
            place.Deaths = wasWell ? 0 : Math.Min(place.Deaths + 1, 16);
            pause = PauseAfter(place.Deaths);
            place.NotBefore = now + pause;
        }

        Log.Ended(_settings.Logger, worker.Name, worker.End, pause);
        foreach (var (targets, endpoint, duration) in quarantines)
        {
            Log.Quarantined(_settings.Logger, targets, endpoint, duration);
        }

        if (suspects.Count > 0)
        {
            Log.Suspects(_settings.Logger, suspects.Count, string.Join(", ", suspects.Take(10).Select(NamesOf)));
        }
    }

    /// <summary>How long a worker is not started again.</summary>
    /// <param name="deaths">How many have died in a row without teaching anything.</param>
    internal static TimeSpan PauseAfter(int deaths) => TimeSpan.Min(FirstPause * Math.Pow(2, deaths), LongestPause);

    private static string NamesOf(Suspect server) => string.Join(", ", server.Links.Select(link => link.Name));

    private void Release()
    {
        List<NetMqLink> links;
        lock (_lock)
        {
            var now = Context.Timers.Now;
            links = [.. _suspects.Release(now).SelectMany(server => server.Links)];
            _lastTrial = _suspects.HasTrials ? now : _lastTrial;
            if (now - _lastTrial < IdleTime)
            {
                Context.Timers.Schedule(_release, Context.Timers.After(Period));
            }
            else
            {
                StopIdleNeedsLock();
            }
        }

        links.ForEach(link => link.OnReleased());
    }

    private void StopIdleNeedsLock()
    {
        foreach (var role in (WorkerRole[])[WorkerRole.Suspects, WorkerRole.BrokenSuspects])
        {
            var place = _places[(int)role];
            if (place.Worker is { } worker)
            {
                _suspects.Forget(worker);
                (place.Worker, place.Last) = (null, null);
                worker.Stop();
            }
        }
    }
}
