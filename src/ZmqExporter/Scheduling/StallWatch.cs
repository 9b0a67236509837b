namespace ZmqExporter.Scheduling;

/// <summary>
/// Notices by due times that passed unseen that this process did not get to run (it was stopped, swapped out, its host was suspended or starved),
/// and gathers what that cost. Thread-safe.
/// </summary>
internal sealed class StallWatch(TimeProvider time)
{
    /// <summary>What is shorter is not worth a line.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    // After a stall all targets are overdue, one after the other: their sum is the news.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private TimeSpan _longest;
    private long _skipped;
    private Timestamp _last;

    /// <summary>A target came due.</summary>
    /// <param name="due">When it should have.</param>
    /// <param name="now">When we got to it.</param>
    /// <param name="skipped">How many probes were skipped for that.</param>
    public void OnDue(Timestamp due, Timestamp now, long skipped)
    {
        var late = now - due;
        if (late < Least)
        {
            return;
        }

        lock (_lock)
        {
            _longest = late > _longest ? late : _longest;
            _skipped += skipped;
            _last = now;
        }
    }

    /// <summary>Takes what was gathered, once it is complete.</summary>
    /// <param name="stalled">How long this process did not run, at least.</param>
    /// <param name="skipped">How many probes were skipped.</param>
    /// <returns>False when there is nothing to tell, or not yet.</returns>
    public bool TryTake(out TimeSpan stalled, out long skipped)
    {
        lock (_lock)
        {
            (stalled, skipped) = (_longest, _skipped);
            if (_longest == TimeSpan.Zero || _last.Elapsed(time) < Settling)
            {
                return false;
            }

            (_longest, _skipped) = (TimeSpan.Zero, 0);
            return true;
        }
    }
}
