using System.Globalization;

namespace ZmqExporter.Benchmarks.Rules;

/// <summary>What a browser with the fleet's dashboard asks at each refresh, and what each of its queries costs Prometheus.</summary>
internal sealed class FleetQueries(LoadedPrometheus prometheus, long now)
{
    private const int RangeSeconds = 3 * 3600;
    private const int Points = 720; // a panel over the whole width of a screen

    // As the dashboard is when it is opened.
    private static readonly (string Variable, string Value)[] Choices =
    [
        ("$job", ".+"), ("$instance", ".+"), ("$search", ".*"), ("$module", ".*"), ("$value", ".*"), ("$label", "module"), ("$rows", "50"), ("$page", "1"),
    ];

    /// <summary>Asks all of them twice and prints the cheaper time of each; the first may have paid for what comes before.</summary>
    /// <returns>The CPU seconds of one refresh.</returns>
    public async Task<double> MeasureAsync()
    {
        double total = 0;
        foreach (var panel in Dashboard.Read("zmq-fleet.json").Panels)
        {
            foreach (var query in panel.Queries)
            {
                var step = Math.Max(RangeSeconds / Points, Seconds(Dashboard.Text(panel.Json["interval"])));
                var text = Fill(query.Expression, step);
                var first = await MeasureAsync(query, text, step);
                var second = await MeasureAsync(query, text, step);
                var cpu = Math.Min(first.Cpu, second.Cpu);
                total += cpu;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{cpu,8:F2} s  {first.Series,6} series  {(query.Instant ? "now" : $"step {step} s")}  {query.Name}"));
            }
        }

        foreach (var annotation in Dashboard.Read("zmq-fleet.json").Annotations.Where(annotation => annotation["enable"]!.GetValue<bool>()))
        {
            var query = new DashboardQuery(Dashboard.Text(annotation["name"]), Dashboard.Text(annotation["expr"]), "", Instant: false);
            var step = Math.Max(RangeSeconds / Points, Seconds(Dashboard.Text(annotation["step"])));
            var (cpu, series) = await MeasureAsync(query, Fill(query.Expression, step), step);
            total += cpu;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cpu,8:F2} s  {series,6} series  step {step} s  annotation {query.Name}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total,8:F2} s of CPU time: a refresh of the fleet's dashboard at a range of 3 h"));
        return total;
    }

    /// <summary>A duration of Prometheus or Grafana in seconds; the data source's own interval for none.</summary>
    private static int Seconds(string interval) => interval switch
    {
        [.. var number, 's'] => int.Parse(number, CultureInfo.InvariantCulture),
        [.. var number, 'm'] => 60 * int.Parse(number, CultureInfo.InvariantCulture),
        _ => FleetHistory.ScrapeSeconds, // the data source's own
    };

    // As Grafana does.
    private static string Fill(string query, int step)
    {
        var rate = Math.Max(step + FleetHistory.ScrapeSeconds, 4 * FleetHistory.ScrapeSeconds);
        var text = query.Replace("$__rate_interval", $"{rate}s", StringComparison.Ordinal)
            .Replace("$__range", $"{RangeSeconds}s", StringComparison.Ordinal)
            .Replace("$__interval", $"{step}s", StringComparison.Ordinal);
        return Choices.Aggregate(text, (filled, choice) => filled.Replace(choice.Variable, choice.Value, StringComparison.Ordinal));
    }

    private async Task<(double Cpu, int Series)> MeasureAsync(DashboardQuery query, string text, int step)
    {
        var before = prometheus.CpuSeconds;
        var series = query.Instant
            ? await prometheus.AskAsync("api/v1/query", ("query", text), ("time", Number(now)))
            : await prometheus.AskAsync(
                "api/v1/query_range", ("query", text), ("start", Number(now - RangeSeconds)), ("end", Number(now)), ("step", Number(step)));
        return (prometheus.CpuSeconds - before, series);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
