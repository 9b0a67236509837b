using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>The wait of a link over NetMQ. When its time is over, the worker reads its sockets once more before that means anything.</summary>
/// <param name="timers">The clock.</param>
/// <param name="later">Runs something on another thread.</param>
/// <param name="look">Asks the worker for that, by the number of the wait; false when there is nothing to read.</param>
/// <param name="onDeadline">What it means that the time is over, by whether the worker has answered.</param>
internal sealed class NetMqWait(TimerQueue timers, Action<Action> later, Func<short, bool> look, Func<Timestamp, bool, LinkOutcome> onDeadline)
    : LinkWait(timers)
{
    /// <summary>How long the worker may take to answer.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly TimerQueue _timers = timers;
    private Timestamp _begun;

    /// <inheritdoc />
    public override ValueTask<LinkOutcome> Begin(Timestamp until, bool isReceive)
    {
        _begun = _timers.Now;
        return base.Begin(until, isReceive);
    }

    /// <inheritdoc />
    protected override void OnDue(Timestamp due, Timestamp now)
    {
        if (!TryGetDue(now, out var wait))
        {
            return;
        }

        if (TryPostpone(wait, now + Grace))
        {
            later(() => Look(wait.Wait)); // to ask is to write to a pipe
        }
        else
        {
            TryEnd(wait.Wait, onDeadline(now, false));
        }
    }

    /// <inheritdoc />
    /// <remarks>Of what the worker reads late nobody can say when it came.</remarks>
    private protected override LinkOutcome Seen(LinkOutcome outcome, Timestamp until) =>
        outcome.Timestamp > until ? outcome with { Earliest = _begun } : outcome;

    private void Look(short wait)
    {
        if (!look(wait))
        {
            TryEnd(wait, onDeadline(_timers.Now, true));
        }
    }
}
