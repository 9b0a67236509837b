using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Policy;

/// <summary>What must hold for every policy and history. "Any state" is the state that any history leads to.</summary>
public sealed class FailurePolicyPropertyTests
{
    private const int Iterations = 5_000;

    private static readonly Gen<(PolicyConfig Policy, ProbeOutcome[] History)> Any = Gen.Select(Outcomes.Policies, Outcomes.Histories);

    [Fact]
    public void Apply_AnyHistory_AgreesWithTheReference() => Any.Sample(
        any => Assert.Equal(ReferencePolicy.After(any.Policy, any.History), Outcomes.Apply(any.Policy, any.History)),
        iter: Iterations);

    [Fact]
    public void Apply_PendingInAnyHistory_ChangesNothing() => Gen.Select(Any, Gen.Bool.Array[60]).Sample(
        (any, pending) => Assert.Equal(
            Outcomes.Apply(any.Policy, any.History),
            Outcomes.Apply(any.Policy, any.History.SelectMany((outcome, i) => pending[i] ? new[] { ProbeOutcome.Pending, outcome } : [outcome]))),
        iter: Iterations);

    [Fact]
    public void Apply_AnyHistory_TurnsDownOnlyAtDownAfterMissesInARow() => Any.Sample(
        any => ForEachStep(any.Policy, any.History, (before, outcome, after) =>
        {
            if (after.State == TargetState.Down && before.State != TargetState.Down)
            {
                Assert.Equal(ProbeOutcome.Miss, outcome);
                Assert.Equal(any.Policy.DownAfter, after.Misses);
            }
        }),
        iter: Iterations);

    [Fact]
    public void Apply_AnyState_DownAfterMissesInARowLeadToDown() => Any.Sample(
        any => Assert.Equal(TargetState.Down, AndThen(any.Policy, any.History, ProbeOutcome.Miss, any.Policy.DownAfter).State),
        iter: Iterations);

    [Fact]
    public void Apply_AnyStateAfterAnAnswer_OneMissIsNotDownUnlessDownAfterIsOne() => Any.Sample(
        any =>
        {
            var before = AndThen(any.Policy, any.History, ProbeOutcome.OnTime, 1);
            var after = FailurePolicy.Apply(any.Policy, before, ProbeOutcome.Miss);
            var expected = before.State == TargetState.Down || any.Policy.DownAfter == 1 ? TargetState.Down : TargetState.Suspect;
            Assert.Equal(expected, after.State);
        },
        iter: Iterations);

    /// <remarks>
    /// The bound is up_after with one exception: with up_after 1 a target suspected in degraded needs two, because the
    /// answer that ends the suspicion changes nothing else. From down and degraded the answers before the run never make it longer.
    /// </remarks>
    [Fact]
    public void Apply_AnyState_UpAfterOnTimeAnswersInARowLeadToUp() => Any.Sample(
        any =>
        {
            var before = Outcomes.Apply(any.Policy, any.History);
            var bound = before is { State: TargetState.Suspect, SuspectedFrom: TargetState.Degraded }
                ? Math.Max(2, any.Policy.UpAfter)
                : any.Policy.UpAfter;
            Assert.Equal(TargetState.Up, AndThen(any.Policy, any.History, ProbeOutcome.OnTime, bound).State);
        },
        iter: Iterations);

    [Fact]
    public void Apply_SuspectedInDegradedWithUpAfterOne_NeedsTwoOnTimeAnswers()
    {
        var policy = new PolicyConfig { DegradedAfter = 1, DownAfter = 2, UpAfter = 1 };
        Assert.Equal(TargetState.Degraded, Outcomes.Apply(policy, Outcomes.Parse("llmo")).State);
        Assert.Equal(TargetState.Up, Outcomes.Apply(policy, Outcomes.Parse("llmoo")).State);
    }

    [Fact]
    public void Apply_AnyStateThatIsNotDown_LateAnswersAloneNeverLeadToDownOrSuspect() => Any.Sample(
        any =>
        {
            var state = Outcomes.Apply(any.Policy, any.History);
            for (var i = 0; i < any.Policy.UpAfter + any.Policy.DegradedAfter + 1; i++)
            {
                var before = state.State;
                state = FailurePolicy.Apply(any.Policy, state, ProbeOutcome.Late);
                Assert.NotEqual(TargetState.Suspect, state.State);
                Assert.True(state.State != TargetState.Down || before == TargetState.Down);
            }

            Assert.Equal(TargetState.Degraded, state.State);
        },
        iter: Iterations);

    [Fact]
    public void Apply_LocalError_ForgetsEverything() => Any.Sample(
        any => Assert.Equal(default, AndThen(any.Policy, any.History, ProbeOutcome.LocalError, 1)),
        iter: Iterations);

    [Fact]
    public void Apply_AnyHistory_KeepsTheRunsConsistent() => Any.Sample(
        any => ForEachStep(any.Policy, any.History, (_, _, after) =>
        {
            Assert.True(after.Misses == 0 || after.Answers == 0);
            Assert.True(after.OnTimeAnswers == 0 || after.LateAnswers == 0);
            Assert.True(Math.Max(after.OnTimeAnswers, after.LateAnswers) <= after.Answers);
            Assert.True(after.State == TargetState.Suspect || after.SuspectedFrom == TargetState.Unknown);
            Assert.True(after.State != TargetState.Suspect || after.Misses > 0);
            Assert.NotEqual(TargetState.Suspect, after.SuspectedFrom);
            Assert.NotEqual(TargetState.Down, after.SuspectedFrom);
        }),
        iter: Iterations);

    private static PolicyState AndThen(PolicyConfig policy, ProbeOutcome[] history, ProbeOutcome outcome, int times) =>
        Outcomes.Apply(policy, history.Concat(Enumerable.Repeat(outcome, times)));

    private static void ForEachStep(PolicyConfig policy, ProbeOutcome[] history, Action<PolicyState, ProbeOutcome, PolicyState> check)
    {
        var state = default(PolicyState);
        foreach (var outcome in history)
        {
            var after = FailurePolicy.Apply(policy, state, outcome);
            check(state, outcome, after);
            state = after;
        }
    }
}
