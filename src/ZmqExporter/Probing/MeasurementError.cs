namespace ZmqExporter.Probing;

/// <summary>
/// What the canary says of our own measurements, kept for a while. Where the kernel does not tell when bytes came, a miss in a moment in
/// which the canary was late as well proves nothing. Thread-safe.
/// </summary>
/// <param name="time">The clock of all timestamps.</param>
internal sealed class MeasurementError(TimeProvider time)
{
    /// <summary>How long after its last answer the canary is said to be gone.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(5);

    private const int Kept = 256;

    private readonly Lock _lock = new();
    private readonly (long Due, long End, bool IsAnswered)[] _probes = new (long Due, long End, bool IsAnswered)[Kept];
    private int _next;
    private long _due; // of the probe that runs; 0 when none does
    private long _expected; // when the next one is due; 0 when none is
    private long _lastAnswer;

    /// <summary>For how long the canary has not been answered; null before its first answer, so that a machine without loopback can be judged.</summary>
    public TimeSpan? Silence
    {
        get
        {
            lock (_lock)
            {
                return _lastAnswer == 0 ? null : time.GetElapsedTime(_lastAnswer);
            }
        }
    }

    /// <summary>A probe of the canary will be due.</summary>
    /// <param name="due">When; 0 when there will be none.</param>
    public void Expect(long due)
    {
        lock (_lock)
        {
            _expected = due;
        }
    }

    /// <summary>A probe of the canary was due.</summary>
    public void Begin(long due)
    {
        lock (_lock)
        {
            _due = due;
        }
    }

    /// <summary>It ended.</summary>
    /// <param name="isAnswered">Whether the canary answered.</param>
    public void End(bool isAnswered)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (isAnswered || _lastAnswer != 0)
            {
                _probes[_next] = (_due, now, isAnswered); // on a machine without loopback that says nothing of our lateness
                _next = (_next + 1) % Kept;
            }

            _due = 0;
            _lastAnswer = isAnswered ? now : _lastAnswer;
        }
    }

    /// <summary>The longest that the canary took, from when it was due, among its probes that ran at some time since then.</summary>
    /// <param name="since">Timestamp.</param>
    /// <returns><see cref="TimeSpan.MaxValue"/> when one of them got no answer: nobody knows for how long it would have taken.</returns>
    public TimeSpan WorstSince(long since)
    {
        lock (_lock)
        {
            var worst = _due == 0 ? TimeSpan.Zero : time.GetElapsedTime(_due);
            if (_expected != 0 && time.GetElapsedTime(_expected) is var overdue && overdue > worst)
            {
                worst = overdue; // after a stall others may be judged before the canary gets to run
            }

            foreach (var (due, end, isAnswered) in _probes)
            {
                if (end >= since && end != 0)
                {
                    var took = isAnswered ? time.GetElapsedTime(due, end) : TimeSpan.MaxValue;
                    worst = took > worst ? took : worst;
                }
            }

            return worst < TimeSpan.Zero ? TimeSpan.Zero : worst;
        }
    }
}
