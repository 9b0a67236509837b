using System.Text;
using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>What Prometheus' own tool says of alerts/ and of the queries in the documents.</summary>
[Computes]
public sealed partial class RulesTests
{
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

    private static string PathOf(string file) => Path.Combine(Repository.Root, file);

    [GeneratedRegex("```promql\n(?<query>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Query();
}
