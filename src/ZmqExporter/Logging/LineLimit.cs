#pragma warning disable RS0030 // The log is below everything, and cannot see Timestamp.
namespace ZmqExporter.Logging;

/// <summary>Lets one line a minute of each kind through and counts the others, so that no fault that repeats itself fills a disk. Thread-safe.</summary>
internal sealed class LineLimit(TimeProvider time)
{
    /// <summary>How long after a line the next one of its kind may come.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>How many kinds are kept apart; those above share one line a minute.</summary>
    public const int MaxKinds = 1024;

    private static readonly LineKind Others = new("", "", "", "");

    private readonly Lock _lock = new();
    private readonly Dictionary<LineKind, Entry> _entries = [];
    private long _forgotten;
    private long? _forgottenTaken;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="kind">What it says, of whom.</param>
    /// <param name="leftOut">How many of its kind were left out since the last one that was written.</param>
    public bool Allows(LineKind kind, out long leftOut)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var isKnown = _entries.TryGetValue(kind, out var entry);
            if (!isKnown && !HasRoomNeedsLock(now))
            {
                kind = Others;
                isKnown = _entries.TryGetValue(kind, out entry);
            }

            leftOut = entry.LeftOut;
            var allows = !isKnown || time.GetElapsedTime(entry.Written, now) >= Period;
            _entries[kind] = allows ? new Entry(now, 0) : entry with { LeftOut = leftOut + 1 };
            return allows;
        }
    }

    /// <summary>
    /// Takes how many lines were left out of kinds that are not kept apart any more, so that no later line of theirs could count them. Once in a
    /// period at most: else it says 0, and keeps them.
    /// </summary>
    public long TakeForgotten()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_forgotten == 0 || (_forgottenTaken is { } taken && time.GetElapsedTime(taken, now) < Period))
            {
                return 0;
            }

            var forgotten = _forgotten;
            (_forgotten, _forgottenTaken) = (0, now);
            return forgotten;
        }
    }

    private bool HasRoomNeedsLock(long now)
    {
        if (_entries.Count < MaxKinds)
        {
            return true;
        }

        foreach (var (kind, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.Written, now) >= Period)
            {
                _forgotten += entry.LeftOut;
                _entries.Remove(kind);
            }
        }

        return _entries.Count < MaxKinds;
    }

    private readonly record struct Entry(long Written, long LeftOut);
}

/// <summary>Which lines say the same.</summary>
/// <param name="Category">Who logs.</param>
/// <param name="Template">The message without its values.</param>
/// <param name="Exception">The exception's type, with its place where that matters, or empty.</param>
/// <param name="Subject">What it is about, such as the target, or empty.</param>
internal readonly record struct LineKind(string Category, string Template, string Exception, string Subject);
