using System.Globalization;
using Microsoft.Extensions.Logging;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// The worker processes that NetMQ runs in. Each is started when a link needs it. One that ends is started again, after a pause that grows
/// while that happens again and again; which server did it is found out, and that server is quarantined. Thread-safe.
/// </summary>
internal sealed partial class NetMqWorkers : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2); // of all workers, when the exporter ends
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1); // after which the workers of suspects are stopped

    /// <summary>What it means that a suspect cannot be tried yet.</summary>
    private static readonly ZmtpError Waits = new(
        ZmtpErrorCode.Local, "NetMQ died of what some server sent, this one is among those that it may have been, and it waits for its turn to be tried alone");

    private readonly Lock _lock = new();
    private readonly WorkerSettings _settings;
    private readonly WorkerPlace[] _places = [.. Enum.GetValues<WorkerRole>().Select(role => new WorkerPlace(role))];
    private readonly SuspectList _suspects = new();
    private readonly PoolTimer _period;
    private Timestamp _lastTrial;
    private bool _isStopped;

    public NetMqWorkers(ZmtpContext context, WorkerSettings settings)
    {
        Context = context;
        _settings = settings;
        _period = new PoolTimer(this, OnPeriod);
    }

    public ZmtpContext Context { get; }

    private IEnumerable<WorkerProcess> Workers => _places.Select(place => place.Worker).OfType<WorkerProcess>();

    /// <summary>How many connections are kept for late replies.</summary>
    public LateReplyBudget LateReplies { get; } = new(NetMqLink.MostLateReplies);

    /// <summary>The servers that NetMQ must not connect to, because what they sent killed a worker.</summary>
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

    /// <summary>A link begins to exist.</summary>
    public Suspect Enter(NetMqLink link, string endpoint)
    {
        lock (_lock)
        {
            var server = _suspects.Of(endpoint, Context.Timers.Now);
            server.Links.Add(link);
            return server;
        }
    }

    /// <summary>A link ceases to exist.</summary>
    public void Leave(NetMqLink link)
    {
        lock (_lock)
        {
            // What is known of the server stays: it may have sent something a moment ago, and may come back with the next configuration.
            if (link.Server.Links.Remove(link) && link.Server.Links.Count == 0)
            {
                _suspects.Free(link.Server);
            }
        }
    }

    /// <summary>Says where a connection is to be made, and starts a worker if there is none.</summary>
    /// <returns>Why not now, or null.</returns>
    public ZmtpError? Route(Suspect server, WorkerRole role, out WorkerRoute route)
    {
        lock (_lock)
        {
            route = default;
            if (server.IsQuarantined && !server.TryBeginTrial(Context.Timers.Now, out var left))
            {
                return new ZmtpError(ZmtpErrorCode.Local, string.Create(
                    CultureInfo.InvariantCulture,
                    $"the exporter's own client finds nothing wrong, but the target is quarantined, because what this server sent killed a NetMQ worker process; next trial in {left.TotalSeconds:0} s"));
            }

            if (server.IsSuspected && (server.LooksBroken is null || !_suspects.TryIsolate(server)))
            {
                return Waits;
            }

            role = !server.IsSuspected ? role : server.LooksBroken == true ? WorkerRole.BrokenSuspects : WorkerRole.Suspects;
            var place = _places[(int)role];
            if (_isStopped || place.Worker is { IsDying: true } || (place.Worker is null && Context.Timers.Now < place.NotBefore))
            {
                return _isStopped ? LinkOutcome.Stopped.Error : (place.Worker ?? place.Last)!.Ended;
            }

            route = new WorkerRoute(place.Worker ?? StartNeedsLock(place, role), server.OwnThread ?? (server.Number % SuspectList.SharedThreads));
            return null;
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
    public void OnConnect(Suspect server)
    {
        lock (_lock)
        {
            server.OnConnect(Context.Timers.Now);
        }
    }

    /// <summary>A probe has ended.</summary>
    public void OnProbed(Suspect server)
    {
        if (server.IsSuspected)
        {
            lock (_lock)
            {
                if (!server.OnProbed())
                {
                    _suspects.Free(server); // its name is not known, or its worker has not started: others can be tried meanwhile
                }
            }
        }
    }

    /// <inheritdoc cref="WorkerSettings.GuardAsync" />
    public Task GuardAsync(Func<Task> action) => _settings.GuardAsync(action);

    /// <summary>Runs something on a thread of the pool. What it throws is a bug of ours, and goes no further.</summary>
    public void Later(Action action) => ThreadPool.UnsafeQueueUserWorkItem(_ => _settings.Guard(action), state: null);

    /// <inheritdoc />
    /// <remarks>Waits for the workers' ends, as a rule a few milliseconds: a process whose children end while it does is in good order.</remarks>
    public void Dispose()
    {
        WorkerProcess[] workers;
        lock (_lock)
        {
            _isStopped = true;
            workers = [.. Workers];
        }

        Context.Timers.Cancel(_period);
        Array.ForEach(workers, worker => worker.Stop());
        var end = Context.Timers.After(LongestEnd);
        Array.ForEach(workers, worker => worker.Join(TimeSpan.Max(TimeSpan.Zero, end - Context.Timers.Now)));
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
        Context.Timers.Schedule(_period, Context.Timers.After(Period));
        var threads = place.IsTrial ? SuspectList.OwnThreads : SuspectList.SharedThreads;
        return place.Worker = new WorkerProcess(_settings, Context.Timers, name, threads, worker => OnEnd(place, worker));
    }

    private void OnEnd(WorkerPlace place, WorkerProcess worker)
    {
        IReadOnlyList<Suspect> culprits = [];
        IReadOnlyList<Suspect> suspects = [];
        TimeSpan pause;
        List<(string Targets, string Endpoint, string Evidence, TimeSpan Duration)> quarantines;
        string firstSuspects;
        lock (_lock)
        {
            if (_isStopped || place.Worker != worker)
            {
                return; // it was stopped
            }

            var now = Context.Timers.Now;
            var present = worker.Present(now);

            // The first time that one hangs may have any reason.
            if (worker.WasBrokenInside || (worker.WasHung && place.Deaths > 0))
            {
                (culprits, suspects) = _suspects.Judge(present, worker.DeadThreads, place.IsTrial, now);
            }
            else
            {
                _suspects.Free(present);
            }

            quarantines = [.. culprits.Select(server => (NamesOf(server), server.Endpoint, worker.EvidenceAgainst(server), server.Quarantine(now)))];
            firstSuspects = string.Join(", ", suspects.Take(10).Select(NamesOf));
            pause = place.PauseAfterEnd(worker, hasTaught: culprits.Count + suspects.Count > 0, now);
        }

        Log.Ended(_settings.Logger, worker.Name, worker.End, pause);
        quarantines.ForEach(culprit => Log.Quarantined(_settings.Logger, culprit.Targets, culprit.Endpoint, culprit.Evidence, culprit.Duration));
        if (suspects.Count > 0)
        {
            Log.Suspects(_settings.Logger, suspects.Count, firstSuspects);
        }
    }

    // With the lock: a reload changes the links.
    private static string NamesOf(Suspect server) =>
        server.Links.Count == 0 ? server.Endpoint : string.Join(", ", server.Links.Select(link => link.Name));

    private void OnPeriod()
    {
        List<NetMqLink> links;
        WorkerProcess[] workers;
        lock (_lock)
        {
            var now = Context.Timers.Now;
            var isTrialDying = Array.Exists(_places, place => place is { IsTrial: true, Worker.IsDying: true });
            links = isTrialDying ? [] : [.. _suspects.Release(now).SelectMany(server => server.Links)]; // unheard is no good behaviour
            _lastTrial = _suspects.HasTrials ? now : _lastTrial;
            foreach (var place in _places.Where(place => place is { IsTrial: true, Worker: not null } && now - _lastTrial >= IdleTime))
            {
                place.Worker!.Stop();
                (place.Worker, place.Last) = (null, null);
            }

            workers = [.. Workers];
            if (workers.Length > 0)
            {
                Context.Timers.Schedule(_period, now + Period);
            }
        }

        links.ForEach(link => _settings.Guard(link.OnReleased));
        Array.ForEach(workers, static worker => worker.OnPeriod());
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "a NetMQ worker process ended; it is started again, and the targets of our own client go on")]
        public static partial void Ended(ILogger logger, string worker, string how, TimeSpan pause);

        [LoggerMessage(Level = LogLevel.Warning, Message = "one of these servers made NetMQ's worker process end; from now on each is tried alone, until that tells which")]
        public static partial void Suspects(ILogger logger, int count, string suspects);

        [LoggerMessage(Level = LogLevel.Error, Message = "this server killed a NetMQ worker process; it is quarantined: probed by handshakes of our own client only")]
        public static partial void Quarantined(ILogger logger, string targets, string endpoint, string evidence, TimeSpan quarantine);
    }

    /// <summary>Goes off on a thread of the pool: what follows writes to workers.</summary>
    public sealed class PoolTimer(NetMqWorkers owner, Action action) : TimerEntry
    {
        protected override void OnDue(Timestamp due, Timestamp now) => owner.Later(action);
    }
}
