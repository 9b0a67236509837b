using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Cookbook;

/// <summary>Every recipe of docs/cookbook does what it says: its server, its configuration, what <c>probe</c> prints, its metric and its alert.</summary>
public sealed class CookbookTests(CookbookServers servers) : IClassFixture<CookbookServers>
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    // For each page the metric of its alert, how it goes while all is well, and how when the alert has to fire. In promtool's notation.
    private static readonly Dictionary<string, (string Metric, string Well, string Bad)> Courses = new(StringComparer.Ordinal)
    {
        ["json-feed"] = ("ticks_price", "1+0.01x80", "1.25x80"),
        ["json-request"] = ("orders_queue_depth", "7x80", "101x80"),
        ["msgpack-rpc"] = ("rpc_disk_free_ratio", "0.4x80", "0.09x80"),
        ["pipeline"] = ("sink_jobs_total", "0+20x80", "200x80"),
        ["protobuf"] = ("ledger_queue_depth", "42x80", "1001x80"),
        ["proxy"] = ("zmq_subscription_delay_seconds", "0.0007x80", "0.2x80"),
        ["zlib-feed"] = ("weather_temperature_celsius", "19.5x80", "41x80"),
    };

    public static TheoryData<string> Names => [.. CookbookPage.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Configuration_OfEachRecipe_IsCompleteAndHasNoWarnings(string name)
    {
        var result = await ExporterProcess.RunAsync("check-config", servers.Write($"{name}.yml", servers.Pages[name].Config));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("", result.Error);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Probe_OfEachRecipe_PrintsWhatThePageShows(string name)
    {
        var page = servers.Pages[name];
        var config = servers.Write($"{name}-probe.yml", page.Config);
        await ReadyAsync(page);
        Assert.NotEmpty(page.Probes);
        foreach (var (target, output) in page.Probes)
        {
            await ShowsAsync(output, ["probe", target, "--config.file", config]);
        }
    }

    // On a machine that is busy with other tests a reply may be late, which is another verdict.
    private async Task ShowsAsync(string output, string[] command)
    {
        CommandResult? last = null;
        await Eventually.GetAsync(
            async () =>
            {
                last = await ExporterProcess.RunAsync(command);
                return last.ExitCode == 0 && WithoutNumbers(last.Output) == WithoutNumbers(output) ? last : null;
            },
            Eventually.Deadline,
            () => $"the page shows\n{output}\nand {string.Join(' ', command)} prints\n{last?.Output}{last?.Error}{servers.Transcript()}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Metrics_OfEachRecipe_HaveWhatThePageShows(string name)
    {
        var page = servers.Pages[name];
        var scrape = await ReadyAsync(page);
        var shown = MetricSamples.Parse(string.Join('\n', page.Series));

        Assert.All(shown.All, sample => Assert.Contains(scrape.All, real => IsSame(sample, real)));
        Assert.Contains(shown.All, sample => sample.Name == Courses[name].Metric);
        Assert.Equal(0, scrape.Value("zmq_values_dropped_total", ("target", shown.All[0].Labels["target"])) ?? 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Alert_OfEachRecipe_FiresAndOnlyThen(string name)
    {
        var page = servers.Pages[name];
        var rules = servers.Write($"{name}.rules.yml", page.Rules);
        var check = await Promtool.CheckRulesAsync(rules);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);

        var (metric, well, bad) = Courses[name];
        var series = Regex.Match(page.Series.First(line => line.StartsWith($"{metric}{{", StringComparison.Ordinal)), @"^.*\}", RegexOptions.None, MatchLimit).Value;
        var test = servers.Write($"{name}.test.yml", $$"""
            rule_files: [{{Path.GetFileName(rules)}}]
            evaluation_interval: 30s
            tests:
              - {{Case(series, well, page.Alert, "[]")}}
              - {{Case(series, bad, page.Alert, "[{labels: '{}', value: 1}]")}}
            """);
        var result = await Promtool.TestRulesAsync(test);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public void Index_EachRecipe_IsInIt()
    {
        var index = Repository.Read("docs/cookbook.md");

        Assert.NotEmpty(CookbookPage.Names);
        Assert.All(CookbookPage.Names, name => Assert.Contains($"(cookbook/{name}.md)", index, StringComparison.Ordinal));
        Assert.Equal(string.Join(' ', CookbookPage.Names), string.Join(' ', Courses.Keys.Order(StringComparer.Ordinal)));
    }

    private static string Case(string series, string values, string alert, string samples) => $$"""
        {interval: 30s, input_series: [{series: '{{series}}', values: '{{values}}'}], promql_expr_test: [
                  {expr: 'count(ALERTS{alertname="{{alert}}", alertstate="firing"})', eval_time: 30m, exp_samples: {{samples}} }]}
        """;

    private Task<MetricSamples> ReadyAsync(CookbookPage page) => servers.Exporter.EventuallyAsync(scrape =>
        MetricSamples.Parse(string.Join('\n', page.Series)).All.All(sample => scrape.All.Any(real => IsSame(sample, real)))
        && Regex.Matches(page.Targets, @"name: (?<name>\w+)", RegexOptions.None, MatchLimit)
            .All(target => scrape.Value("zmq_target_state", ("target", target.Groups["name"].Value), ("state", "up")) == 1));

    // Counts go on, and delays vary.
    private static bool IsSame(MetricSample shown, MetricSample real) =>
        shown.Name == real.Name
        && shown.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).SequenceEqual(real.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
        && (shown.Value == real.Value || shown.Name is "sink_jobs_total" or "zmq_subscription_delay_seconds");

    // Times, tokens, counts and ports differ from run to run, so do packed bytes, and how many messages of a feed came in time.
    private static string WithoutNumbers(string output)
    {
        var text = Regex.Replace(output, @"(?m)^  < .*\\x.*$", "  < bytes", RegexOptions.None, MatchLimit);
        text = Regex.Replace(text, @"[0-9a-f]*[0-9][0-9a-f.]*", "#", RegexOptions.None, MatchLimit);
        text = Regex.Replace(text, @"(?m)^(?<line>  < .*\n)\k<line>+", "${line}", RegexOptions.None, MatchLimit);
        return Regex.Replace(text, @"(?<=\b(message|number))s\b|# (ms|µs|s)\b", match => match.Value == "s" ? "" : "# t", RegexOptions.ExplicitCapture, MatchLimit);
    }
}
