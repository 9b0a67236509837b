using Zmtp.Wire;

namespace Zmtp.Timing;

/// <summary>
/// How much of the time of a connection attempt was our own lateness: what we would have done sooner if this process had got to run.
/// The attempt's deadline moves by it. What overlaps counts once. Thread-safe.
/// </summary>
/// <param name="startedAt">When the attempt began.</param>
internal sealed class Lateness(Timestamp startedAt)
{
    private readonly Lock _lock = new();
    private Timestamp _countedUntil = startedAt;
    private long _total; // in ticks: one number, so that it is read without the lock

    /// <summary>The sum.</summary>
    public TimeSpan Total => new(Interlocked.Read(ref _total));

    /// <summary>Counts an interval.</summary>
    /// <param name="from">When it was there to be done.</param>
    /// <param name="to">When we did it.</param>
    public void Add(Timestamp from, Timestamp to)
    {
        lock (_lock)
        {
            var delay = to - Timestamp.Max(from, _countedUntil);
            if (delay > TimeSpan.Zero)
            {
                Interlocked.Add(ref _total, delay.Ticks);
                _countedUntil = to;
            }
        }
    }

    /// <summary>The deadline as it stands now.</summary>
    /// <param name="deadline">The deadline that was set.</param>
    public Timestamp Move(Timestamp deadline) => deadline + Total;
}
