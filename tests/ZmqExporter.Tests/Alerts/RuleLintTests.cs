namespace ZmqExporter.Tests.Alerts;

/// <summary>Our own rules have none of the mistakes that <see cref="RuleLint"/> knows, and it finds each in a rule that has it.</summary>
public sealed class RuleLintTests
{
    private static readonly Lazy<Dictionary<string, string>> Types = new(ReadTypes);

    public static TheoryData<string> Files => [.. AlertRules.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Of_RulesOfAFile_FindsNothing(string file) => Assert.Equal(
        "",
        string.Join('\n', AlertRules.Parse(Repository.Read(file)).Groups.SelectMany(group =>
            group.Rules.SelectMany(rule => RuleLint.Of(rule, group.Interval, TypeOf).Select(finding => $"{rule}: {finding}")))));

    [Theory]
    [InlineData("zmq_target_stat == 1", "nothing exports or records zmq_target_stat")]
    [InlineData("count by (target) (zmq_target_ready == 0) > 0", "always true: > 0")]
    [InlineData("count(zmq_target_ready == 0) >= 1", "always true: >= 1")]
    [InlineData("zmq_target_ready == 0 and 1 > 0", "always true: > 0")]
    [InlineData("rate(zmq_target_ready[5m]) > 1", "rate of the gauge zmq_target_ready")]
    [InlineData("increase(zmq_target_ready[5m]) > 1", "increase of the gauge zmq_target_ready")]
    [InlineData("""zmq_target_state{state=~"down"} == 1""", """no pattern: state=~"down" """)]
    [InlineData("""zmq_target_state{state!~"down"} == 1""", """no pattern: state!~"down" """)]
    [InlineData("sum by (job, instance) (zmq_target_ready) == 0", "the texts need the label target, which is gone")]
    [InlineData("max without (target) (zmq_target_ready) == 0", "the texts need the label target, which is gone")]
    [InlineData("zmq_target_ready == 0 or count by (job) (zmq_target_ready)", "the texts need the label target, which is gone")]
    public void Of_BadExpression_FindsIt(string expression, string finding) =>
        Assert.Equal([finding.Trim()], RuleLint.Of(Good(rule => rule.Expr = expression), null, TypeOf), StringComparer.Ordinal);

    [Theory]
    [InlineData("15s", null, "15s is shorter than two evaluations")]
    [InlineData("1m", "1m", "1m is shorter than two evaluations")]
    [InlineData("5m", "4m", "5m is shorter than two evaluations")]
    public void Of_WaitOfOneEvaluation_FindsIt(string wait, string? interval, string finding)
    {
        Assert.Equal([finding], RuleLint.Of(Good(rule => rule.For = wait), interval, TypeOf), StringComparer.Ordinal);
        Assert.Equal([finding], RuleLint.Of(Good(rule => (rule.For, rule.KeepFiringFor) = (null, wait)), interval, TypeOf), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("description")]
    [InlineData("runbook_url")]
    [InlineData("dashboard_url")]
    public void Of_NoAnnotation_FindsIt(string name) => Assert.Equal([$"no {name}"], RuleLint.Of(Good(rule => rule.Annotations.Remove(name)), null, TypeOf), StringComparer.Ordinal);

    [Fact]
    public void Of_NoSeverity_FindsIt() => Assert.Equal(["no severity"], RuleLint.Of(Good(rule => rule.Labels.Clear()), null, TypeOf), StringComparer.Ordinal);

    [Theory]
    [InlineData("zmq_targets_down")]
    [InlineData("zmq_target:down")]
    [InlineData("zmq:target:down:count")]
    public void Of_RecordOfAnotherForm_FindsIt(string record) => Assert.Equal(
        ["the name of a recorded series is level:metric:operations"],
        RuleLint.Of(new Rule { Record = record, Expr = "zmq_target_ready" }, null, TypeOf),
        StringComparer.Ordinal);

    // Mimir's ruler takes no more in a group unless it is told to (docs/alerting-rulers.md).
    [Fact]
    public void Groups_Rules_AreTwentyAtMost() =>
        Assert.All(AlertRules.Files.SelectMany(file => AlertRules.Parse(Repository.Read(file)).Groups), group => Assert.InRange(group.Rules.Count, 1, 20));

    [Fact]
    public void Of_GoodRule_FindsNothing() => Assert.Empty(RuleLint.Of(Good(_ => { }), "1m", TypeOf));

    private static Rule Good(Action<Rule> change)
    {
        var rule = new Rule
        {
            Alert = "ZmqGood",
            Expr = "count by (target) (zmq_target_ready == 0) > 2",
            For = "2m",
            KeepFiringFor = null,
            Labels = new(StringComparer.Ordinal) { ["severity"] = "warning" },
            Annotations = new(StringComparer.Ordinal)
            {
                ["summary"] = "A server is not well.",
                ["description"] = "{{ $labels.target }}",
                ["runbook_url"] = "https://example",
                ["dashboard_url"] = "https://example",
            },
        };
        change(rule);
        return rule;
    }

    /// <summary>The type of a metric by docs/metrics.md; what the rules record, Prometheus' own series and those of a process are known as well.</summary>
    private static string? TypeOf(string metric) => Types.Value.GetValueOrDefault(metric);

    private static Dictionary<string, string> ReadTypes()
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal) { ["up"] = "gauge", ["ALERTS"] = "gauge" };
        var rows = new[] { "docs/metrics.md", "docs/probe-endpoint.md" }
            .SelectMany(page => Repository.Read(page).Split('\n'))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
        foreach (var cells in rows)
        {
            foreach (var name in cells[1].Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('`')))
            {
                types.TryAdd(name, cells[2]);
                if (cells[2] == "histogram")
                {
                    foreach (var suffix in new[] { "_bucket", "_sum", "_count" })
                    {
                        types.TryAdd(name + suffix, "counter");
                    }
                }
            }
        }

        foreach (var rule in AlertRules.All.Where(rule => rule.Record.Length > 0))
        {
            types.TryAdd(rule.Record, "recorded");
        }

        return types;
    }
}
