using System.Diagnostics.CodeAnalysis;
using ZmqExporter.Configuration;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Targets;

/// <summary>All targets by key, in the order in which they were added. Thread-safe.</summary>
/// <param name="time">The clock of new targets.</param>
/// <param name="detail">What targets keep at first.</param>
/// <param name="events">Takes the changes of their states; null for nobody.</param>
internal sealed class TargetSet(TimeProvider time, MetricsDetail detail = MetricsDetail.Full, TargetEvents? events = null)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TargetKey, TargetMemory> _memories = []; // of targets that are not there yet
    private MetricsDetail _detail = detail;
    private readonly OrderedDictionary<TargetKey, Target> _targets = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _targets.Count;
            }
        }
    }

    /// <summary>Makes all targets keep from now on what another detail of the metrics shows.</summary>
    public void SetDetail(MetricsDetail detail)
    {
        lock (_lock)
        {
            _detail = detail;
            foreach (var target in _targets.Values)
            {
                target.SetDetail(detail);
            }
        }
    }

    /// <summary>The target with the key of this config: a new one, or the one that is there, which takes the config.</summary>
    public Target Set(TargetConfig config)
    {
        lock (_lock)
        {
            if (_targets.TryGetValue(TargetKey.Of(config), out var target))
            {
                target.Reconfigure(config);
                return target;
            }

            target = new Target(config, time, _detail, events);
            if (_memories.Remove(target.Key, out var memory))
            {
                target.Restore(memory);
            }

            _targets.Add(target.Key, target);
            return target;
        }
    }

    /// <summary>Takes what earlier targets remembered: a target of the same key begins with it.</summary>
    public void Restore(IEnumerable<TargetMemory> memories)
    {
        lock (_lock)
        {
            foreach (var memory in memories)
            {
                _memories[new TargetKey(memory.Target, memory.Module)] = memory;
            }
        }
    }

    /// <summary>What is worth keeping of all targets, and of those whose memory nobody has asked for yet.</summary>
    /// <param name="since">Older memories that nobody asked for are forgotten.</param>
    /// <param name="isLast">Whether this is the end: what is counted after it would be lost, so nothing is.</param>
    public List<TargetMemory> Remember(DateTimeOffset since, bool isLast = false)
    {
        Target[] targets;
        List<TargetMemory> all;
        lock (_lock)
        {
            foreach (var (key, memory) in _memories)
            {
                if (memory.SavedAt < since)
                {
                    _memories.Remove(key);
                }
            }

            targets = [.. _targets.Values];
            all = [.. _memories.Values];
        }

        all.AddRange(targets.Select(target => target.Remember(isLast)));
        return all;
    }

    /// <summary>The target with this key, if there is one.</summary>
    public bool TryGet(TargetKey key, [NotNullWhen(true)] out Target? target)
    {
        lock (_lock)
        {
            return _targets.TryGetValue(key, out target);
        }
    }

    /// <summary>Takes a target out, and with it its series: what is recorded of it from now on shows nowhere.</summary>
    public bool Remove(TargetKey key)
    {
        lock (_lock)
        {
            return _targets.Remove(key);
        }
    }

    /// <summary>The configs of all of them.</summary>
    public TargetConfig[] Configs()
    {
        lock (_lock)
        {
            return [.. _targets.Values.Select(target => target.Config)];
        }
    }

    /// <summary>What is known of each of them. Each snapshot is consistent in itself.</summary>
    /// <param name="withExponential">Whether the exponential buckets of their histograms are in them.</param>
    /// <param name="withRoundTrips">Whether the histograms are in them at all.</param>
    /// <param name="withExamples">Whether examples of what was counted are in them.</param>
    public TargetSnapshot[] Snapshots(bool withExponential = false, bool withRoundTrips = true, bool withExamples = false)
    {
        Target[] targets;
        lock (_lock)
        {
            targets = [.. _targets.Values];
        }

        // Not under the lock of the set: a scrape of many targets must not hold up a reload.
        return Array.ConvertAll(targets, target => target.Snapshot(withExponential, withRoundTrips, withExamples));
    }

    /// <summary>The target that made a probe, if it still knows it.</summary>
    /// <param name="id">The probe's id (<see cref="ProbeId"/>).</param>
    public Target? FindProbe(string id)
    {
        if (!ProbeId.TryRead(id, out var milliseconds, out var mark))
        {
            return null;
        }

        Target[] marked;
        lock (_lock)
        {
            marked = [.. _targets.Values.Where(target => target.Mark == mark)];
        }

        return marked.FirstOrDefault(target => target.Results().Any(result => result.At.ToUnixTimeMilliseconds() == milliseconds));
    }
}
