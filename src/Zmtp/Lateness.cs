namespace Zmtp;

/// <summary>
/// How much of the time of a connection attempt was our own lateness: what we would have done sooner if this process had got to run.
/// The attempt's deadline moves by it. What overlaps counts once. Thread-safe.
/// </summary>
/// <param name="startedAt">Timestamp of the attempt's start.</param>
internal sealed class Lateness(long startedAt)
{
    private readonly Lock _lock = new();
    private long _countedUntil = startedAt;
    private long _total;

    /// <summary>The sum, in timestamp units.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Counts an interval.</summary>
    /// <param name="from">When it was there to be done.</param>
    /// <param name="to">When we did it.</param>
    public void Add(long from, long to)
    {
        lock (_lock)
        {
            var delay = to - Math.Max(from, _countedUntil);
            if (delay > 0)
            {
                Interlocked.Add(ref _total, delay);
                _countedUntil = to;
            }
        }
    }

    /// <summary>The deadline as it stands now.</summary>
    /// <param name="deadline">The deadline that was set.</param>
    public long Move(long deadline)
    {
        var total = Total;
        return deadline > long.MaxValue - total ? long.MaxValue : deadline + total;
    }
}
