using ZmqExporter.Heartbeat;

namespace ZmqExporter.Targets;

/// <summary>
/// What a target's heartbeats said of the process behind it. An instance that is new, of a service that had one before, is a restart: whatever the
/// probes missed meanwhile. Of several processes behind one address each further one counts once; that they take turns is no restart. Not thread-safe.
/// </summary>
internal sealed class TargetHeartbeat
{
    // Of a server that makes up a new one each time, the oldest are forgotten.
    private const int MaxInstances = 64;

    private readonly List<HeartbeatInstance> _instances = []; // the latest last
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private HeartbeatReport? _last;
    private long _restarts;

    /// <summary>What is known.</summary>
    public HeartbeatSnapshot Snapshot => new(_restarts, _last?.Instance, _last?.Details.StartTime, _last?.Details.Version);

    /// <summary>The last one that nobody asked for; null before it.</summary>
    public LastBeat? LastBeat { get; private set; }

    /// <summary>The server told how it is.</summary>
    /// <param name="report">What it said.</param>
    /// <param name="now">The time.</param>
    public void Note(HeartbeatReport report, DateTimeOffset now)
    {
        _last = report;
        LastBeat = report.Interval is { } interval ? new LastBeat(now, interval.TotalSeconds, report.Status == HeartbeatStatus.Serving) : LastBeat;
        var instance = new HeartbeatInstance(report.Service, report.Instance);
        if (_instances.Count > 0 && _instances[^1] == instance)
        {
            return;
        }

        if (!_instances.Remove(instance))
        {
            _restarts += _instances.Any(other => other.Service == instance.Service) ? 1 : 0;
            if (_instances.Count == MaxInstances)
            {
                _instances.RemoveAt(0);
            }
        }

        _instances.Add(instance);
    }

    /// <summary>Whether a number may become a series: of a target's names only the first ones do, so that one that makes up new ones each time makes no series without end.</summary>
    public bool Admits(string name) => _names.Contains(name) || (_names.Count < HeartbeatProtocol.MaxNumbers && _names.Add(name));

    /// <summary>Another server stands behind the target: its instance is no restart.</summary>
    /// <param name="isSameService">Whether it is expected to beat as before.</param>
    public void Forget(bool isSameService = false)
    {
        LastBeat = isSameService ? LastBeat : null;
        _instances.Clear();
        _names.Clear();
        _last = null;
    }

    /// <summary>What is worth keeping.</summary>
    public HeartbeatMemory Remember() => new(_restarts, [.. _instances]) { LastBeat = LastBeat };

    /// <summary>Goes on where an earlier process was.</summary>
    public void Restore(HeartbeatMemory memory)
    {
        _restarts += memory.Restarts;
        LastBeat ??= memory.LastBeat;
        _instances.InsertRange(0, (memory.Instances ?? []).Where(instance => instance is { Service: not null, Id: not null }).TakeLast(MaxInstances - _instances.Count));
    }
}

/// <summary>One run of a process that serves something.</summary>
/// <param name="Service">The service; empty for the server as a whole.</param>
/// <param name="Id">Its instance id.</param>
internal sealed record HeartbeatInstance(string Service, string Id);

/// <summary>What is kept of heartbeats over a restart of the exporter.</summary>
/// <param name="Restarts">How often a new instance was seen.</param>
/// <param name="Instances">Those that are known, the latest last.</param>
internal sealed record HeartbeatMemory(long Restarts, HeartbeatInstance[] Instances)
{
    /// <summary>The last one that nobody asked for; null when there was none.</summary>
    public LastBeat? LastBeat { get; init; }
}
