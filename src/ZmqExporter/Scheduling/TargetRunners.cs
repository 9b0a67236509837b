using System.Diagnostics.CodeAnalysis;
using ZmqExporter.Configuration;

namespace ZmqExporter.Scheduling;

/// <summary>The runners by target and module, in the order in which they were added. Thread-safe.</summary>
internal sealed class TargetRunners
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(string Target, string Module), TargetRunner> _runners = [];

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

    /// <summary>Whether there is one with that target and module.</summary>
    public bool Contains(TargetConfig target)
    {
        lock (_lock)
        {
            return _runners.ContainsKey(KeyOf(target));
        }
    }

    /// <summary>Adds a runner.</summary>
    /// <exception cref="ArgumentException">There is one with that target and module already.</exception>
    public void Add(TargetRunner runner)
    {
        lock (_lock)
        {
            _runners.Add(KeyOf(runner.Target), runner);
        }
    }

    /// <summary>Takes a runner out, which the caller then removes.</summary>
    public bool TryRemove(TargetConfig target, [NotNullWhen(true)] out TargetRunner? runner)
    {
        lock (_lock)
        {
            return _runners.Remove(KeyOf(target), out runner);
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

    private static (string Target, string Module) KeyOf(TargetConfig target) => (target.Name, target.Module.Name);
}
