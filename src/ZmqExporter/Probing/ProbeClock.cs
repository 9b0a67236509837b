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
    private readonly TimeSpan _lateAfter;
    private Timestamp _ready;

    /// <summary>Begins now.</summary>
    public ProbeClock(TimeProvider time, TimeSpan timeout, TimeSpan lateAfter)
    {
        _time = time;
        _timeout = timeout;
        _lateAfter = lateAfter;
        Start = Timestamp.Now(time);
        _ready = Start;
    }

    /// <summary>When the probe began.</summary>
    public Timestamp Start { get; }

    /// <summary>The module's timeout.</summary>
    public TimeSpan Timeout => _timeout;

    /// <summary>Our own lateness so far.</summary>
    public TimeSpan OwnDelay { get; private set; }

    /// <summary>The hard deadline.</summary>
    public Timestamp Deadline => Start + _timeout + OwnDelay;

    /// <summary>When a reply is overdue: time to ask for a sign of life. At the soft deadline, but early enough that one has a quarter of the time to come.</summary>
    public Timestamp Overdue => Start + TimeSpan.Min(_lateAfter, LastQuarter) + OwnDelay;

    /// <summary>From when on an answer is late.</summary>
    public Timestamp LateFrom => Start + _lateAfter + OwnDelay;

    /// <summary>When three quarters of the time are over.</summary>
    public Timestamp LastChance => Start + LastQuarter + OwnDelay;

    /// <summary>The present.</summary>
    public Timestamp Now => Timestamp.Now(_time);

    private TimeSpan LastQuarter => _timeout * 0.75;

    /// <summary>Notes when something came that lets us go on. What passes from there to <see cref="Acted"/> is our own lateness.</summary>
    public void CouldActAt(Timestamp timestamp) => _ready = Timestamp.Max(_ready, timestamp);

    /// <summary>Notes a delay of our own that somebody else has measured.</summary>
    public void AddOwnDelay(TimeSpan delay) => OwnDelay += delay;

    /// <summary>Notes that we act now.</summary>
    /// <returns>Now.</returns>
    public Timestamp Acted()
    {
        var now = Now;
        OwnDelay += TimeSpan.Max(TimeSpan.Zero, now - _ready);
        _ready = now;
        return now;
    }

    /// <summary>Whether an answer that came then is late.</summary>
    public bool IsLate(Timestamp timestamp) => IsLate(timestamp, Start);

    /// <summary>Whether an answer that came then to what was begun at another moment than the probe is late.</summary>
    public bool IsLate(Timestamp timestamp, Timestamp since) => timestamp - since - OwnDelay > _lateAfter;

    /// <summary>Says of a late answer how late it was.</summary>
    public string LateWords(string what, Timestamp timestamp) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: {(timestamp - OwnDelay - Start).TotalSeconds:0.000} s after the start of the probe, and the limit is {_lateAfter.TotalSeconds:0.###} s");

    /// <summary>Whether a message came by the hard deadline.</summary>
    /// <returns>Null when nobody can know: it came while this process did not get to look.</returns>
    public bool? IsInTime(LinkOutcome message)
    {
        var deadline = Deadline;
        return message.Timestamp <= deadline ? true
            : (message.Earliest ?? message.Timestamp) > deadline || message.Timestamp - deadline <= TimerTolerance ? false
            : null;
    }
}
