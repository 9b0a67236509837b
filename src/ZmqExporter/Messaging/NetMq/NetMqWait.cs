using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// The wait of a link over NetMQ. When its timer runs late, this process was held up, and NetMQ's threads with it: they get time to hand
/// over what had come.
/// </summary>
/// <param name="timers">The clock.</param>
/// <param name="onDeadline">What it means that the time is over.</param>
internal sealed class NetMqWait(TimerQueue timers, Func<Timestamp, LinkOutcome> onDeadline) : LinkWait(timers)
{
    /// <summary>How late a timer may be before that says something of this process.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    /// <summary>The least time that NetMQ's threads get after that.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly TimerQueue _timers = timers;
    private Timestamp _begun;

    /// <inheritdoc />
    public override ValueTask<LinkOutcome> Begin(Timestamp until, bool isReceive)
    {
        _begun = _timers.Now;
        return base.Begin(Timestamp.Max(until, _begun), isReceive); // a time that has passed already must not look like a stall of ours
    }

    /// <inheritdoc />
    protected override void OnDue(Timestamp due, Timestamp now)
    {
        if (!TryGetDue(now, out var wait))
        {
            return;
        }

        var late = now - wait.Until;
        if (late <= Tolerance || !TryPostpone(wait, now + (late > Grace ? late : Grace)))
        {
            TryEnd(wait.Wait, onDeadline(now));
        }
    }

    /// <inheritdoc />
    /// <remarks>Of what comes late nobody can say when it came: NetMQ's threads did not get to run either.</remarks>
    private protected override LinkOutcome Seen(LinkOutcome outcome, Timestamp until, bool isPostponed) =>
        isPostponed || outcome.Timestamp > until ? outcome with { Earliest = _begun } : outcome;
}
