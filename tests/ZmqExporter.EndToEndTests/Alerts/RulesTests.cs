using System.Text;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>What Prometheus' and Alertmanager's own tools say of alerts/.</summary>
public sealed partial class RulesTests
{
    private const string AlertmanagerExample = "alerts/alertmanager.example.yml";

    public static TheoryData<string> TestFiles => [.. AlertRules.TestFiles];

    [Fact]
    public async Task CheckRules_EveryFileWithEveryLint_FindsNothing()
    {
        var result = await Promtool.CheckRulesAsync([.. AlertRules.Files.Select(PathOf)]);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [MemberData(nameof(TestFiles))]
    public async Task TestRules_EachFile_Passes(string file)
    {
        var result = await Promtool.TestRulesAsync(PathOf(file));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [InlineData("docs/runbook.md")]
    [InlineData("docs/alerting.md")]
    public async Task CheckRules_QueriesOfTheDocuments_Parse(string document)
    {
        var queries = Query().Matches(Repository.Read(document)).Select(match => match.Groups["query"].Value.Trim()).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(queries);
        var rules = new StringBuilder("groups:\n  - name: queries\n    rules:\n");
        for (var i = 0; i < queries.Count; i++)
        {
            rules.Append(System.Globalization.CultureInfo.InvariantCulture, $"      - record: query_{i}\n        expr: |\n");
            rules.AppendJoin("", queries[i].Split('\n').Select(line => $"          {line}\n"));
        }

        using var directory = new TempDirectory();
        var result = await Promtool.CheckRulesAsync(directory.Write("queries.yml", rules.ToString()));

        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}\n{rules}");
    }

    [Fact]
    public async Task CheckConfig_AlertmanagerExample_IsAccepted()
    {
        var result = await Amtool.RunAsync("check-config", PathOf(AlertmanagerExample));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [InlineData("critical", "page")]
    [InlineData("warning", "ticket")]
    [InlineData("info", "nobody")]
    [InlineData("of somebody else", "ticket")] // a mistake is not lost
    public async Task Routes_Severity_GoesToItsReceiver(string severity, string receiver)
    {
        var result = await Amtool.RunAsync(
            "config", "routes", "test", $"--config.file={PathOf(AlertmanagerExample)}", $"--verify.receivers={receiver}", $"severity={severity}", "job=zmq_exporter");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public void Inhibition_AlertmanagerExample_IsWithinOneTargetAndSilencesNoPage()
    {
        var rule = Assert.Single(Inhibition().Matches(Repository.Read(AlertmanagerExample)));

        Assert.Equal("job, target, module", rule.Groups["equal"].Value);
        Assert.Contains("severity=\"warning\"", rule.Groups["targets"].Value, StringComparison.Ordinal);
        var names = AlertName().Matches(rule.Value).Select(match => match.Value).ToList();
        Assert.NotEmpty(names);

        // Labels that both sides lack count as equal: each alert must keep the three of them.
        Assert.All(names, name => Assert.All(AlertRules.Alerts.Where(alert => alert.Alert == name).DefaultIfEmpty(), alert =>
        {
            Assert.NotNull(alert);
            Assert.Contains("{{ $labels.target }}", alert.Annotations["description"], StringComparison.Ordinal); // its promtool tests hold the labels
            Assert.Contains("{{ $labels.module }}", alert.Annotations["description"], StringComparison.Ordinal);
        }));
    }

    private static string PathOf(string file) => Path.Combine(Repository.Root, file);

    [GeneratedRegex("```promql\n(?<query>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Query();

    [GeneratedRegex(@"- source_matchers: (?<sources>.*)\n +target_matchers: (?<targets>.*)\n +equal: \[(?<equal>.*)\]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Inhibition();

    [GeneratedRegex("Zmq[A-Za-z]+", RegexOptions.None, 1000)]
    private static partial Regex AlertName();
}
