using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a wait of a loop ended with.</summary>
internal enum LoopStep
{
    /// <summary>A message came.</summary>
    Message,

    /// <summary>The time that was asked for is over, or something else happened that is worth a look.</summary>
    Time,

    /// <summary>A kept connection was dead, and a fresh one has taken its place: what was sent so far proves nothing.</summary>
    Renewed,

    /// <summary>A side lost its connection.</summary>
    Lost,

    /// <summary>The probe's time is over.</summary>
    Over,
}

/// <summary>Waits on one side of a loop, and looks at the other one whenever time passes. Not thread-safe.</summary>
/// <param name="sender">Where we send.</param>
/// <param name="receiver">Where we receive.</param>
/// <param name="clock">The probe's time.</param>
internal sealed class LoopWait(LoopSide sender, LoopSide receiver, ProbeClock clock)
{
    private const int MaxPolled = 256;
    private const int LooksInTimeout = 8; // while something is overdue

    private readonly Queue<(LoopSide Side, LinkOutcome Outcome)> _polled = new();

    /// <summary>The message that ended the last wait.</summary>
    public LinkOutcome Came { get; private set; }

    /// <summary>Where it came.</summary>
    public LoopSide? From { get; private set; }

    /// <summary>Waits.</summary>
    /// <param name="side">For what is awaited.</param>
    /// <param name="until">When to return at the latest.</param>
    public async ValueTask<LoopStep> OnAsync(LoopSide side, Timestamp until)
    {
        if (_polled.TryDequeue(out var polled))
        {
            (From, Came) = polled;
            return LoopStep.Message;
        }

        var outcome = await side.Link.ReceiveAsync(Timestamp.Min(until, NextLook()));
        if (outcome.Kind == LinkOutcomeKind.Message)
        {
            (From, Came) = (side, outcome);
            return outcome.Message is null ? LoopStep.Time : LoopStep.Message;
        }

        if (outcome.Kind != LinkOutcomeKind.TimedOut)
        {
            side.Take(outcome);
            return side.Error is null ? LoopStep.Time : LoopStep.Lost;
        }

        await PollAsync(side == sender ? receiver : sender);
        if (sender.Error is not null || receiver.Error is not null)
        {
            return LoopStep.Lost;
        }

        var now = clock.Now;
        if (now >= clock.Deadline)
        {
            return _polled.Count == 0 ? LoopStep.Over : LoopStep.Time;
        }

        return sender.TakeStep(now) | receiver.TakeStep(now) ? LoopStep.Renewed : LoopStep.Time;
    }

    // The side that nobody waits on tells what happened there when it is looked at.
    private async ValueTask PollAsync(LoopSide side)
    {
        while (_polled.Count < MaxPolled && side.Error is null)
        {
            var outcome = await side.Link.ReceiveAsync(clock.Now);
            if (outcome.Kind == LinkOutcomeKind.TimedOut)
            {
                return;
            }

            if (outcome.Message is not null)
            {
                _polled.Enqueue((side, outcome));
            }
            else
            {
                side.Take(outcome);
            }
        }
    }

    private Timestamp NextLook()
    {
        var next = Timestamp.Min(clock.Deadline, Timestamp.Min(sender.NextStep, receiver.NextStep));
        var now = clock.Now;
        return now < clock.Overdue ? next : Timestamp.Min(next, now + (clock.Timeout / LooksInTimeout));
    }
}
