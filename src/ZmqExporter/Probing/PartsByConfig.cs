using System.Runtime.CompilerServices;

namespace ZmqExporter.Probing;

/// <summary>
/// What is built from a config once and shared by all that have an equal one, also by those of a config that was read later. It is gone with
/// the last of these configs. Thread-safe.
/// </summary>
/// <param name="build">Builds it.</param>
internal sealed class PartsByConfig<TConfig, TPart>(Func<TConfig, TPart> build)
    where TConfig : class
{
    private const int LeastPurged = 64;

    private readonly Lock _lock = new();
    private readonly ConditionalWeakTable<TConfig, Entry> _entries = [];
    private readonly Dictionary<int, WeakReference<Entry>> _byHash = []; // of two configs with one hash, the later one: the other is not shared on
    private int _purgeAbove = LeastPurged;

    /// <summary>What belongs to a config.</summary>
    public TPart Of(TConfig config) => _entries.TryGetValue(config, out var entry) ? entry.Part : Add(config);

    private TPart Add(TConfig config)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(config, out var entry))
            {
                return entry.Part;
            }

            var hash = config.GetHashCode();
            if (!_byHash.TryGetValue(hash, out var weak) || !weak.TryGetTarget(out entry) || !entry.Config.Equals(config))
            {
                entry = new Entry(config, build(config));
                _byHash[hash] = new WeakReference<Entry>(entry);
                PurgeNeedsLock();
            }

            _entries.Add(config, entry);
            return entry.Part;
        }
    }

    private void PurgeNeedsLock()
    {
        if (_byHash.Count <= _purgeAbove)
        {
            return;
        }

        foreach (var (hash, weak) in _byHash)
        {
            if (!weak.TryGetTarget(out _))
            {
                _byHash.Remove(hash);
            }
        }

        _purgeAbove = Math.Max(LeastPurged, 2 * _byHash.Count);
    }

    private sealed record Entry(TConfig Config, TPart Part);
}
