using Zmtp;

namespace ZmqExporter.Listening;

/// <summary>
/// Says which refusals are worth a line of the log: of each kind one in ten minutes, and of a bounded number of kinds, because those who are refused
/// choose their names. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RefusalLog(TimeProvider time)
{
    /// <summary>How many kinds are told apart at a time.</summary>
    public const int MaxKinds = 64;

    /// <summary>After so long one is told again.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Timestamp> _told = new(StringComparer.Ordinal);

    /// <summary>Whether to tell of it; whoever gets a yes does so.</summary>
    /// <param name="kind">What is refused, and why.</param>
    public bool Admits(string kind)
    {
        var now = Timestamp.Now(time);
        lock (_lock)
        {
            if (_told.TryGetValue(kind, out var at) && now - at < Period)
            {
                return false;
            }

            if (_told.Count >= MaxKinds && !_told.ContainsKey(kind))
            {
                foreach (var (old, told) in _told)
                {
                    if (now - told >= Period)
                    {
                        _told.Remove(old);
                    }
                }

                if (_told.Count >= MaxKinds)
                {
                    return false;
                }
            }

            _told[kind] = now;
            return true;
        }
    }
}
