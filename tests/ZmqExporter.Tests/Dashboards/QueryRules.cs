using System.Reflection;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>Rules about the queries of panels and variables, as far as their text shows it.</summary>
internal static partial class QueryRules
{
    // What Prometheus itself writes with each scrape.
    private static readonly HashSet<string> OfPrometheus = new(["up", "scrape_duration_seconds", "scrape_samples_scraped", "ALERTS", "ALERTS_FOR_STATE"], StringComparer.Ordinal);

    private static readonly HashSet<string> Histograms = new([MetricNames.ProbeDuration, MetricNames.ScheduleDelay, MetricNames.MeasurementError], StringComparer.Ordinal);

    private static readonly HashSet<string> Ours = new(
        typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)
            .Append(HeartbeatConfig.Numbers.Metric)
            .SelectMany(name => Histograms.Contains(name) ? [$"{name}_bucket", $"{name}_sum", $"{name}_count"] : (string[])[name]),
        StringComparer.Ordinal);

    // What the rules of alerts/ make of them.
    private static readonly HashSet<string> Recorded = new(AlertRules.All.Select(rule => rule.Record), StringComparer.Ordinal);

    /// <summary>Leaves what belongs to an exporter of ours; by itself it makes no value where there is none.</summary>
    public const string OfOurProgram = $" and on (job, instance) last_over_time({MetricNames.BuildInfo}{{";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DashboardRule> All { get; } =
    [
        new("metrics exist", MetricsExist),
        new("selectors take the variables", SelectorsTakeTheVariables),
        new("sums are of what is chosen", SumsAreOfWhatIsChosen),
        new("other programs are left out", OtherProgramsAreLeftOut),
        new("rates use the rate interval", RatesUseTheRateInterval),
        new("ranges are the dashboard's", RangesAreTheDashboards),
        new("series are bounded", SeriesAreBounded),
        new("legends", Legends),
        new("queries are there", QueriesAreThere),
    ];

    private static IEnumerable<string> MetricsExist(Dashboard dashboard) =>
        Queries(dashboard).SelectMany(query => PromQlText.Selectors(query.Text)
            .Where(selector => !Ours.Contains(selector.Metric) && !Recorded.Contains(selector.Metric) && !OfPrometheus.Contains(selector.Metric))
            .Select(selector => $"{query.Name}: there is no metric {selector.Metric}"));

    private static IEnumerable<string> SelectorsTakeTheVariables(Dashboard dashboard)
    {
        foreach (var panel in dashboard.Panels)
        {
            foreach (var query in panel.Queries)
            {
                foreach (var (metric, matchers) in PromQlText.Selectors(query.Expression))
                {
                    var needed = NeededMatchers(dashboard, metric);
                    foreach (var matcher in needed.Where(matcher => !matchers.Contains(matcher, StringComparison.Ordinal)))
                    {
                        yield return $"{query.Name}: {metric} is not filtered by {matcher}";
                    }
                }
            }
        }
    }

    private static string[] NeededMatchers(Dashboard dashboard, string metric) => metric switch
    {
        "ALERTS" or "ALERTS_FOR_STATE" => ["job=~\"$job|\"", "instance=~\"$instance|\""],
        _ when dashboard.File == "zmq-exporter.json" || !OfATarget().IsMatch(metric) => ["job=~\"$job\"", "instance=~\"$instance\""],
        _ when dashboard.File == "zmq-fleet.json" => ["job=~\"$job\"", "instance=~\"$instance\"", "target=~\"$search\"", "module=~\"$module\"", "$label=~\"$value\""],
        _ => ["job=~\"$job\"", "instance=~\"$instance\"", "target=~\"$target\"", "module=~\"$module\""],
    };

    // Sums of a whole exporter would be shown for a part of it. No series has the label "unfiltered": its matcher holds as long as the
    // values of all filters match an empty text, and the series of single targets take over when one does not.
    private static IEnumerable<string> SumsAreOfWhatIsChosen(Dashboard dashboard)
    {
        const string Filters = "$search$module$value";
        foreach (var query in dashboard.Panels.SelectMany(panel => panel.Queries).Where(_ => dashboard.File == "zmq-fleet.json"))
        {
            var selectors = PromQlText.Selectors(query.Expression);
            if (!selectors.Any(selector => SumOfAnExporter().IsMatch(selector.Metric)))
            {
                continue;
            }

            foreach (var (metric, matchers) in selectors)
            {
                var matcher = SumOfAnExporter().IsMatch(metric) ? $"unfiltered=~\"{Filters}\"" : $"unfiltered!~\"{Filters}\"";
                if (!matchers.Contains(matcher, StringComparison.Ordinal))
                {
                    yield return $"{query.Name}: {metric} lacks {matcher}";
                }
            }
        }
    }

    // Every program has these metrics, and $job is any job when all are chosen.
    private static IEnumerable<string> OtherProgramsAreLeftOut(Dashboard dashboard) =>
        dashboard.Panels.SelectMany(panel => panel.Queries)
            .Where(query => PromQlText.Selectors(query.Expression).Any(selector => OfAnyProgram().IsMatch(selector.Metric))
                && !query.Expression.Contains(OfOurProgram, StringComparison.Ordinal))
            .Select(query => $"{query.Name}: other programs' series are in it, too");

    private static IEnumerable<string> RatesUseTheRateInterval(Dashboard dashboard) =>
        Queries(dashboard).SelectMany(query => PromQlText.RangeCalls(query.Text)
            .Where(call => call.Function is "rate" or "irate" or "delta" or "idelta" or "deriv")
            .Where(call => call is not { Function: "rate", Range: "$__rate_interval" })
            .Select(call => $"{query.Name}: {call.Function} over [{call.Range}]"));

    private static IEnumerable<string> RangesAreTheDashboards(Dashboard dashboard)
    {
        // The dashboard's own range, what a rate needs, and windows that have a meaning of their own: now, for ever rarer probes, the
        // budget's hour, and the day within which an exporter that is down is still known as one.
        string[] known = ["$__rate_interval", "$__range", "$__range:5m", "1m", "5m", "15m", "1h", "1d"];
        return Queries(dashboard).SelectMany(query => PromQlText.RangeCalls(query.Text)
            .Where(call => !known.Contains(call.Range, StringComparer.Ordinal))
            .Select(call => $"{query.Name}: a window of {call.Range}"));
    }

    // topk chooses again at each step: over a range that can be every series there is, so the choice has to be made once.
    private static IEnumerable<string> SeriesAreBounded(Dashboard dashboard) =>
        dashboard.Panels.SelectMany(panel => panel.Queries)
            .Where(query => !query.Instant && TopK().IsMatch(query.Expression) && !query.Expression.Contains("@ end()", StringComparison.Ordinal))
            .Select(query => $"{query.Name}: topk in a range query without @ end()");

    // A label that the aggregation dropped would be an empty name.
    private static IEnumerable<string> Legends(Dashboard dashboard)
    {
        foreach (var query in dashboard.Panels.SelectMany(panel => panel.Queries))
        {
            var lists = ByList().Matches(query.Expression);
            var kept = lists.SelectMany(match => match.Groups["labels"].Value.Split(", ")).ToHashSet(StringComparer.Ordinal);
            var labels = LegendLabel().Matches(query.Legend).Select(match => match.Groups["label"].Value);
            foreach (var label in labels.Where(label => kept.Count > 0 && !kept.Contains(label)))
            {
                yield return $"{query.Name}: the legend names {label}, which the query drops";
            }
        }
    }

    private static IEnumerable<string> QueriesAreThere(Dashboard dashboard) =>
        dashboard.Panels.Where(panel => panel.Queries.Count == 0 || panel.Queries.Any(query => query.Expression.Length == 0))
            .Select(panel => $"{panel.Title} has a query without text")
            .Concat(dashboard.VariableQueries.Where(variable => variable.Query.Length == 0).Select(variable => $"${variable.Name} has no query"));

    private static IEnumerable<(string Name, string Text)> Queries(Dashboard dashboard) =>
        dashboard.Panels.SelectMany(panel => panel.Queries).Select(query => (query.Name, query.Expression))
            .Concat(dashboard.VariableQueries.Select(variable => ($"${variable.Name}", InVariable().Match(variable.Query).Groups["selector"].Value)));

    [GeneratedRegex("^zmq_(target|probe|probes|connection|peer|subscription)[_:]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfATarget();

    [GeneratedRegex("^zmq_exporter:", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SumOfAnExporter();

    [GeneratedRegex("^(up|(scrape|process|dotnet)_.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfAnyProgram();

    [GeneratedRegex(@"\b(topk|bottomk)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TopK();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ByList();

    [GeneratedRegex(@"\{\{(?<label>\w+)\}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LegendLabel();

    [GeneratedRegex(@"^(label_values\((?<selector>.*), \$?\w+\)|label_names\((?<selector>.*)\))$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InVariable();
}
