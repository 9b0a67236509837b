using System.Diagnostics.CodeAnalysis;
using ZmqExporter.Targets;

namespace ZmqExporter.Scheduling;

/// <summary>The runners by target and module, in the order in which they were added, and the targets that were refused one. Thread-safe.</summary>
internal sealed class TargetRunners
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<TargetKey, TargetRunner> _runners = [];
    private readonly HashSet<TargetKey> _refused = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _runners.Count;
            }
        }
    }

    /// <summary>How many targets were refused a runner and not been removed since.</summary>
    public int Refused
    {
        get
        {
            lock (_lock)
            {
                return _refused.Count;
            }
        }
    }

    /// <summary>Whether there is one with that target and module.</summary>
    public bool Contains(TargetKey key)
    {
        lock (_lock)
        {
            return _runners.ContainsKey(key);
        }
    }

    /// <summary>Adds a runner.</summary>
    /// <exception cref="ArgumentException">There is one with that target and module already.</exception>
    public void Add(TargetRunner runner)
    {
        lock (_lock)
        {
            _runners.Add(runner.Target.Key, runner);
        }
    }

    /// <summary>Notes that there is none for a target, because there is no memory for it.</summary>
    public void Refuse(TargetKey key)
    {
        lock (_lock)
        {
            _refused.Add(key);
        }
    }

    /// <summary>Takes a runner out, which the caller then removes. One that was refused is forgotten.</summary>
    public bool TryRemove(TargetKey key, [NotNullWhen(true)] out TargetRunner? runner)
    {
        lock (_lock)
        {
            _refused.Remove(key);
            return _runners.Remove(key, out runner);
        }
    }

    /// <summary>All of them at this moment.</summary>
    public TargetRunner[] ToArray()
    {
        lock (_lock)
        {
            return [.. _runners.Values];
        }
    }
}
