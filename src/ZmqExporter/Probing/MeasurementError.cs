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
    private readonly (Timestamp Due, Timestamp End, bool IsAnswered)[] _probes = new (Timestamp Due, Timestamp End, bool IsAnswered)[Kept];
    private int _next;
    private Timestamp _due; // of the probe that runs; not set when none does
    private Timestamp _expected; // when the next one is due; not set when none is
    private Timestamp _lastAnswer;

    /// <summary>For how long the canary has not been answered; null before its first answer, so that a machine without loopback can be judged.</summary>
    public TimeSpan? Silence
    {
        get
        {
            lock (_lock)
            {
                return !_lastAnswer.IsSet ? null : _lastAnswer.Elapsed(time);
            }
        }
    }

    /// <summary>A probe of the canary will be due.</summary>
    /// <param name="due">When; not set when there will be none.</param>
    public void Expect(Timestamp due)
    {
        lock (_lock)
        {
            _expected = due;
        }
    }

    /// <summary>A probe of the canary was due.</summary>
    public void Begin(Timestamp due)
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
            var now = Timestamp.Now(time);
            if (isAnswered || _lastAnswer.IsSet)
            {
                _probes[_next] = (_due, now, isAnswered); // on a machine without loopback that says nothing of our lateness
                _next = (_next + 1) % Kept;
            }

            _due = Timestamp.None;
            _lastAnswer = isAnswered ? now : _lastAnswer;
        }
    }

    /// <summary>The longest that the canary took, from when it was due, among its probes that ran at some time since then.</summary>
    /// <param name="since">Timestamp.</param>
    /// <returns><see cref="TimeSpan.MaxValue"/> when one of them got no answer: nobody knows for how long it would have taken.</returns>
    public TimeSpan WorstSince(Timestamp since)
    {
        lock (_lock)
        {
            var worst = !_due.IsSet ? TimeSpan.Zero : _due.Elapsed(time);
            if (_expected.IsSet && _expected.Elapsed(time) is var overdue && overdue > worst)
            {
                worst = overdue; // after a stall others may be judged before the canary gets to run
            }

            foreach (var (due, end, isAnswered) in _probes)
            {
                if (end >= since && end.IsSet)
                {
                    var took = isAnswered ? end - due : TimeSpan.MaxValue;
                    worst = took > worst ? took : worst;
                }
            }

            return worst < TimeSpan.Zero ? TimeSpan.Zero : worst;
        }
    }
}
