using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Policy;

/// <summary>The failure policy: state + outcome → state. Pure. The table is in docs/failure-policy.md.</summary>
internal static class FailurePolicy
{
    /// <summary>The state after one more outcome.</summary>
    public static PolicyState Apply(PolicyConfig policy, PolicyState state, ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.OnTime => AfterAnswer(policy, state, late: false),
        ProbeOutcome.Late => AfterAnswer(policy, state, late: true),
        ProbeOutcome.Miss => AfterMiss(policy, state),
        // Evidence from before our own outage is stale: it must not add up with what comes after.
        ProbeOutcome.LocalError => default,
        ProbeOutcome.Pending => state,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "not an outcome"),
    };

    private static PolicyState AfterMiss(PolicyConfig policy, PolicyState state)
    {
        var misses = Increment(state.Misses);
        if (state.State == TargetState.Down || misses >= policy.DownAfter)
        {
            return new PolicyState { State = TargetState.Down, Misses = misses };
        }

        return new PolicyState
        {
            State = TargetState.Suspect,
            SuspectedFrom = state.State == TargetState.Suspect ? state.SuspectedFrom : state.State,
            Misses = misses,
        };
    }

    private static PolicyState AfterAnswer(PolicyConfig policy, PolicyState state, bool late)
    {
        var counted = new PolicyState
        {
            State = state.State,
            Answers = Increment(state.Answers),
            OnTimeAnswers = late ? 0 : Increment(state.OnTimeAnswers),
            LateAnswers = late ? Increment(state.LateAnswers) : 0,
        };
        var next = state.State switch
        {
            TargetState.Unknown => TargetState.Up,
            // The answer ends the suspicion and nothing else: one result makes one step.
            TargetState.Suspect when state.SuspectedFrom == TargetState.Unknown => TargetState.Up,
            TargetState.Suspect => state.SuspectedFrom,
            TargetState.Up when counted.LateAnswers >= policy.DegradedAfter => TargetState.Degraded,
            TargetState.Degraded when counted.OnTimeAnswers >= policy.UpAfter => TargetState.Up,
            TargetState.Down when counted.Answers >= policy.UpAfter =>
                counted.OnTimeAnswers == counted.Answers ? TargetState.Up : TargetState.Degraded,
            var unchanged => unchanged,
        };
        return counted with { State = next };
    }

    // A run of years must not wrap around to "none".
    private static int Increment(int run) => run == int.MaxValue ? run : run + 1;
}
