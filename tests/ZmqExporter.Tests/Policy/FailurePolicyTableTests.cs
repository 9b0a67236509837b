using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Policy;

/// <summary>The table of docs/failure-policy.md: a history that leads to a state, and the state after one more outcome of each kind.</summary>
public sealed class FailurePolicyTableTests
{
    private static readonly PolicyConfig Defaults = new() { DegradedAfter = 2, DownAfter = 3, UpAfter = 2 };

    [Theory]
    [InlineData("", "Up", "Up", "Suspect")] // unknown
    [InlineData("x", "Up", "Up", "Suspect")]
    [InlineData("ommx", "Up", "Up", "Suspect")] // the two misses before our own fault are forgotten
    [InlineData("mmmx", "Up", "Up", "Suspect")]
    [InlineData("m", "Up", "Up", "Suspect")] // suspected in unknown
    [InlineData("mm", "Up", "Up", "Down")]
    [InlineData("o", "Up", "Up", "Suspect")] // up
    [InlineData("l", "Up", "Degraded", "Suspect")]
    [InlineData("lo", "Up", "Up", "Suspect")] // an on-time answer ends a run of late ones
    [InlineData("lm", "Up", "Up", "Suspect")] // so does a miss
    [InlineData("om", "Up", "Up", "Suspect")] // suspected in up
    [InlineData("omm", "Up", "Up", "Down")]
    [InlineData("oml", "Up", "Degraded", "Suspect")] // the late answer that ended the suspicion counts
    [InlineData("omomom", "Up", "Up", "Suspect")] // an answer ends a run of misses
    [InlineData("ll", "Degraded", "Degraded", "Suspect")] // degraded
    [InlineData("llo", "Up", "Degraded", "Suspect")]
    [InlineData("llol", "Degraded", "Degraded", "Suspect")]
    [InlineData("llm", "Degraded", "Degraded", "Suspect")] // suspected in degraded
    [InlineData("llmm", "Degraded", "Degraded", "Down")]
    [InlineData("llmo", "Up", "Degraded", "Suspect")] // the on-time answer that ended the suspicion counts
    [InlineData("llom", "Degraded", "Degraded", "Suspect")]
    [InlineData("mmm", "Down", "Down", "Down")] // down
    [InlineData("mmmmmm", "Down", "Down", "Down")]
    [InlineData("mmmo", "Up", "Degraded", "Down")]
    [InlineData("mmml", "Degraded", "Degraded", "Down")] // two answers in a row, not all on time
    [InlineData("mmmlo", "Up", "Degraded", "Suspect")]
    [InlineData("mmmom", "Down", "Down", "Down")] // a miss ends a run of answers
    public void Apply_EveryStateAndOutcome_FollowsTheTable(string history, string onTime, string late, string miss) =>
        AssertRow(Defaults, history, onTime, late, miss);

    [Theory]
    [InlineData("mmmoo", "Up", "Degraded", "Down")]
    [InlineData("mmmlo", "Degraded", "Degraded", "Down")] // the last of the run is on time, an earlier one was late
    [InlineData("mmmol", "Degraded", "Degraded", "Down")]
    [InlineData("mmmloo", "Up", "Degraded", "Suspect")] // the on-time run goes on across the change to degraded
    [InlineData("mmml", "Down", "Down", "Down")]
    [InlineData("lloo", "Up", "Degraded", "Suspect")]
    [InlineData("llo", "Degraded", "Degraded", "Suspect")]
    public void Apply_UpAfterThree_LooksAtTheWholeRun(string history, string onTime, string late, string miss) =>
        AssertRow(Defaults with { UpAfter = 3 }, history, onTime, late, miss);

    [Theory]
    [InlineData("", "Up", "Up", "Down")]
    [InlineData("o", "Up", "Degraded", "Down")]
    [InlineData("l", "Up", "Degraded", "Down")]
    [InlineData("ll", "Up", "Degraded", "Down")]
    [InlineData("m", "Up", "Degraded", "Down")]
    public void Apply_EveryLimitOne_HasNoSuspect(string history, string onTime, string late, string miss) =>
        AssertRow(new PolicyConfig { DegradedAfter = 1, DownAfter = 1, UpAfter = 1 }, history, onTime, late, miss);

    [Theory]
    [InlineData("m", TargetState.Unknown)]
    [InlineData("omm", TargetState.Up)]
    [InlineData("llmm", TargetState.Degraded)]
    public void Apply_Miss_RemembersWhereItWasSuspected(string history, object suspectedFrom)
    {
        var state = Outcomes.Apply(Defaults, Outcomes.Parse(history));
        Assert.Equal(TargetState.Suspect, state.State);
        Assert.Equal(suspectedFrom, state.SuspectedFrom);
    }

    [Fact]
    public void Apply_RunsAtTheirMaximum_StayThere()
    {
        const int max = int.MaxValue;
        Assert.Equal(max, FailurePolicy.Apply(Defaults, new(TargetState.Down, default, max, 0, 0, 0), Outcomes.Parse('m')).Misses);
        var up = FailurePolicy.Apply(Defaults, new(TargetState.Up, default, 0, max, max, 0), Outcomes.Parse('o'));
        Assert.Equal(new(TargetState.Up, default, 0, max, max, 0), up);
        var degraded = FailurePolicy.Apply(Defaults, new(TargetState.Degraded, default, 0, max, 0, max), Outcomes.Parse('l'));
        Assert.Equal(new(TargetState.Degraded, default, 0, max, 0, max), degraded);
    }

    [Fact]
    public void Apply_NoOutcome_IsABugAndSaysSo()
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => FailurePolicy.Apply(Defaults, default, (ProbeOutcome)99));
        Assert.StartsWith("not an outcome", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertRow(PolicyConfig policy, string history, string onTime, string late, string miss)
    {
        Assert.Equal(
            $"o {onTime}, l {late}, m {miss}, x Unknown",
            string.Join(", ", "olmx".Select(letter => $"{letter} {Outcomes.Apply(policy, Outcomes.Parse(history + letter)).State}")));
    }
}
