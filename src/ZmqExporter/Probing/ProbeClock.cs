using System.Globalization;
using ZmqExporter.Messaging;

namespace ZmqExporter.Probing;

/// <summary>
/// The time budget of one probe. Our own lateness is none of the peer's: whatever passes between the moment when we could have acted
/// and the moment when we did is added to every deadline. Not thread-safe.
/// </summary>
internal sealed class ProbeClock
{
    /// <summary>Above this much lateness of our own nobody can blame the operating system's timers.</summary>
    public static readonly TimeSpan TimerTolerance = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly long _lateAfter;
    private readonly long _hard;
    private readonly long _overdue;
    private long _ready;

    /// <summary>Begins now.</summary>
    public ProbeClock(TimeProvider time, TimeSpan timeout, TimeSpan lateAfter)
    {
        _time = time;
        _timeout = timeout;
        _lateAfter = Ticks(lateAfter);
        _hard = Ticks(timeout);
        Start = time.GetTimestamp();
        _ready = Start;

        // At the soft deadline, but early enough that a sign of life has a quarter of the time to come.
        _overdue = Math.Min(_lateAfter, LastQuarter);
    }

    /// <summary>When the probe began, as a timestamp.</summary>
    public long Start { get; }

    /// <summary>The module's timeout.</summary>
    public TimeSpan Timeout => _timeout;

    /// <summary>Our own lateness so far, in timestamp units.</summary>
    public long OwnDelay { get; private set; }

    /// <summary>The hard deadline, as a timestamp.</summary>
    public long Deadline => Start + _hard + OwnDelay;

    /// <summary>When a reply is overdue: time to ask for a sign of life.</summary>
    public long Overdue => Start + _overdue + OwnDelay;

    /// <summary>From when on an answer is late.</summary>
    public long LateFrom => Start + _lateAfter + OwnDelay;

    /// <summary>When three quarters of the time are over.</summary>
    public long LastChance => Start + LastQuarter + OwnDelay;

    /// <summary>The present, as a timestamp.</summary>
    public long Now => _time.GetTimestamp();

    private long LastQuarter => Ticks(_timeout * 0.75);

    /// <summary>Notes when something came that lets us go on. What passes from there to <see cref="Acted"/> is our own lateness.</summary>
    public void CouldActAt(long timestamp) => _ready = Math.Max(_ready, timestamp);

    /// <summary>Notes a delay of our own that somebody else has measured.</summary>
    public void AddOwnDelay(long ticks) => OwnDelay += ticks;

    /// <summary>Notes that we act now.</summary>
    /// <returns>Now.</returns>
    public long Acted()
    {
        var now = Now;
        OwnDelay += Math.Max(0, now - _ready);
        _ready = now;
        return now;
    }

    /// <summary>Whether an answer that came then is late.</summary>
    public bool IsLate(long timestamp) => IsLate(timestamp, Start);

    /// <summary>Whether an answer that came then to what was begun at another moment than the probe is late.</summary>
    public bool IsLate(long timestamp, long since) => timestamp - since - OwnDelay > _lateAfter;

    /// <summary>Says of a late answer how late it was.</summary>
    public string LateWords(string what, long timestamp) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {Span(Start, timestamp - OwnDelay).TotalSeconds:0.000} s after the start of the probe, and the limit is {Span(0, _lateAfter).TotalSeconds:0.###} s");

    /// <summary>Whether a message came by the hard deadline.</summary>
    /// <returns>Null when nobody can know: it came while this process did not get to look.</returns>
    public bool? IsInTime(LinkOutcome message)
    {
        var deadline = Deadline;
        return message.Timestamp <= deadline ? true
            : (message.Earliest ?? message.Timestamp) > deadline || Span(deadline, message.Timestamp) <= TimerTolerance ? false
            : null;
    }

    /// <summary>A duration in timestamp units.</summary>
    public long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);

    /// <summary>The duration between two timestamps.</summary>
    public TimeSpan Span(long from, long to) => _time.GetElapsedTime(from, to);
}
