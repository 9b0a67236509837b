using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Metrics;

/// <summary>docs/metrics.md says what there is: no more, no less.</summary>
public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData(MetricsDetail.Full)]
    [InlineData(MetricsDetail.Standard)]
    [InlineData(MetricsDetail.Lean)]
    internal async Task Tables_NamesAndTypes_AreThoseOfTheScrape(MetricsDetail detail)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have no process figures");
        var documented = (await ReadTablesAsync())
            .Where(row => Enum.Parse<MetricsDetail>(row.Detail, ignoreCase: true) <= detail)
            .Select(row => $"{row.Name} {row.Type}");
        var exported = TypeLine().Matches(await ScrapeAsync(detail)).Select(match => match.Groups["family"].Value);
        Assert.Equal(Lines(exported), Lines(documented));
    }

    [Fact]
    public async Task Tables_Labels_AreThoseOfTheScrape()
    {
        var scrape = await ScrapeAsync(MetricsDetail.Full);
        foreach (var row in await ReadTablesAsync())
        {
            foreach (Match sample in Regex.Matches(
                scrape, $"^{row.Name}(_bucket|_sum|_count)?(\\{{(?<labels>.*)\\}})? ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)))
            {
                var labels = LabelName().Matches(sample.Groups["labels"].Value)
                    .Select(match => match.Groups["name"].Value)
                    .Where(name => name is not ("target" or "module" or "team" or "le"));
                Assert.Equal($"{row.Name}: {row.Labels}", $"{row.Name}: {string.Join(", ", labels)}");
            }
        }
    }

    [Fact]
    public async Task Text_EveryMetricInIt_IsInATable()
    {
        var names = (await ReadTablesAsync()).Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        var mentioned = MetricName().Matches(await ReadAsync()).Select(match => HistogramSuffix().Replace(match.Value, ""));
        Assert.Empty(mentioned.Where(name => !names.Contains(name)).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Text_NamesThatLabelsCannotHave_AreTheReservedOnes()
    {
        var sentence = NotTheseNames().Match(await ReadAsync()).Groups["names"].Value;
        var names = sentence.Split([',', '`', '\n', ' '], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Lines(TargetLabels.Reserved), Lines(names));
    }

    private static string Lines(IEnumerable<string> items) => string.Join('\n', items.Order(StringComparer.Ordinal));

    private static async Task<string> ScrapeAsync(MetricsDetail detail)
    {
        var test = new MetricsUnderTest(detail);
        Script.Play(test);
        var target = MetricsUnderTest.Target("values");
        ProberConfig prober = target.Module.Prober with { Values = [new ValueConfig("app_depth", "Depth.", ValueKind.Gauge, SourceConfig.Of(0))], Heartbeat = new HeartbeatConfig() };
        var record = test.Targets.Set(target with { Module = target.Module with { Prober = prober } });
        record.OnHeartbeat(new HeartbeatReport(HeartbeatStatus.Serving, "", "run-1", HeartbeatDetails.Read("{\"start_time\": 1}"u8)));
        var values = new MessageValues([new ValueSample(HeartbeatConfig.Numbers, ["queue_depth"], 3)], Dropped: 0);
        record.Record(MetricsUnderTest.OnTime() with { Values = values, Unmapped = [new UnmappedSource(Mapping.Values, "app_depth", "nothing")], Loop = LoopCounters.None });
        return await test.ScrapeAllAsync();
    }

    private static Task<string> ReadAsync() =>
        File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "metrics.md"), TestContext.Current.CancellationToken);

    private static async Task<List<(string Name, string Type, string Labels, string Detail)>> ReadTablesAsync()
    {
        var rows = (await ReadAsync()).Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1].Trim('`'), cells[2], cells[3].Replace("`", "", StringComparison.Ordinal), cells[6]))
            .ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    [GeneratedRegex("^# TYPE (?<family>.*)$", RegexOptions.Multiline, 1000)]
    private static partial Regex TypeLine();

    [GeneratedRegex("(?<name>[a-z_]+)=\"", RegexOptions.None, 1000)]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\b(zmq_(target|probe|probes|connection|peer|subscription|exporter)|process|dotnet)_[a-z_]+[a-z]\b(?!\.)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"not these names: (?<names>[^.]+)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NotTheseNames();

    [GeneratedRegex("(?<=_seconds)_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HistogramSuffix();
}
