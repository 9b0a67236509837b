namespace ZmqExporter.Scheduling;

/// <summary>
/// Keeps a cause of this host or process from being a line for each target that it hits: the first target has its line, the others are
/// counted. Texts that differ in numbers only are one cause. Thread-safe.
/// </summary>
internal sealed class SharedCauses(TimeProvider time)
{
    /// <summary>How long after a line about a cause another one about it may come.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // As many lines as nobody minds; what comes beyond is counted with the last cause.
    private const int MaxCauses = 20;

    // After that long without another target the count is complete.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Cause> _causes = new(StringComparer.Ordinal);

    /// <summary>A target is hit.</summary>
    /// <param name="detail">By what, in words.</param>
    /// <returns>Whether it has a line of its own.</returns>
    public bool Add(string detail)
    {
        var key = string.Concat(detail.Where(c => !char.IsAsciiDigit(c)));
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            if (!_causes.TryGetValue(key, out var cause) && _causes.Count >= MaxCauses)
            {
                DropNeedsLock(now);
                cause = _causes.Count >= MaxCauses ? _causes.Values.Last() : null;
            }

            if (cause is null || (cause.Targets == 0 && now - cause.Written >= Period))
            {
                _causes[key] = new Cause { Detail = detail, Written = now };
                return true;
            }

            cause.Targets++;
            cause.Latest = now;
            return false;
        }
    }

    /// <summary>Takes what was counted and is complete, or has waited for long enough.</summary>
    public IReadOnlyList<(string Detail, long Targets)> Take()
    {
        List<(string Detail, long Targets)> taken = [];
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            foreach (var cause in _causes.Values)
            {
                if (cause.Targets > 0
                    && (now - cause.Latest >= Settling || now - cause.Written >= Period))
                {
                    taken.Add((cause.Detail, cause.Targets));
                    (cause.Targets, cause.Written) = (0, now);
                }
            }
        }

        return taken;
    }

    private void DropNeedsLock(Timestamp now)
    {
        foreach (var (key, cause) in _causes)
        {
            if (cause.Targets == 0 && now - cause.Written >= Period)
            {
                _causes.Remove(key); // a dictionary may lose entries while it is read
            }
        }
    }

    private sealed class Cause
    {
        public required string Detail { get; init; }

        public Timestamp Written { get; set; }

        public long Targets { get; set; }

        public Timestamp Latest { get; set; }
    }
}
