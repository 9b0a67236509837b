namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>A test that cannot fail is none: each mistake in a rule must make the promtool case fail that is there to catch it.</summary>
public sealed class MutationTests(MutationRun run) : IClassFixture<MutationRun>
{
    /// <summary>The number of each mutation in <see cref="RuleMutation.All"/>, with what it does for the name of the test.</summary>
    public static TheoryData<int, string> Mutations =>
        [.. RuleMutation.All.Select((mutation, number) => new TheoryDataRow<int, string>(number, $"{mutation.Case}: {mutation.Original} -> {mutation.Replacement}"))];

    /// <summary>The test files, each with its rule file.</summary>
    public static TheoryData<string, string> Files =>
        [.. MutationRun.Files.Select(file => new TheoryDataRow<string, string>(file.Rules, file.Tests))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void TestRules_MutatedRule_FailsInItsCase(int number, string mutation)
    {
        var verdict = run.OfMutation(number);

        // A rule that is no rule any more would fail too, but without anything that was expected.
        Assert.False(verdict.Passed, $"the case did not notice it: {mutation}");
        Assert.Matches("(?m)^ +exp:", verdict.Failure);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TestRules_UnchangedRule_Passes(string rules, string tests)
    {
        var verdict = run.OfUnchanged(rules, tests);

        Assert.True(verdict.Passed, verdict.Failure);
    }
}
