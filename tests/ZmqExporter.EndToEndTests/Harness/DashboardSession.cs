using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>Asks a Prometheus what the dashboards would ask it.</summary>
/// <param name="prometheus">It scrapes an exporter each second.</param>
internal sealed partial class DashboardSession(PrometheusServer prometheus)
{
    /// <summary>What the dashboards' time picker is set to.</summary>
    public static readonly TimeSpan Range = TimeSpan.FromSeconds(6);

    /// <summary>The window of rates: five scrapes.</summary>
    public static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(5);

    /// <summary>Asks every query of every dashboard, with "All" chosen or with each value chosen by name.</summary>
    public async Task<IReadOnlyList<DashboardAnswer>> AskAsync(bool byName)
    {
        var answers = new List<DashboardAnswer>();
        foreach (var dashboard in Dashboard.Files.Select(Dashboard.Read))
        {
            var variables = await ChooseAsync(dashboard, byName);
            foreach (var query in dashboard.Panels.SelectMany(panel => panel.Queries))
            {
                answers.Add(new DashboardAnswer($"{dashboard.File}: {query.Name}", query.Legend, await AskAsync(query, variables)));
            }
        }

        return answers;
    }

    /// <summary>Asks the queries of one panel, with "All" chosen.</summary>
    public async Task<IReadOnlyList<MetricSeries>> AskAsync(string file, string panel)
    {
        var dashboard = Dashboard.Read(file);
        var variables = await ChooseAsync(dashboard, byName: false);
        var series = new List<MetricSeries>();
        foreach (var query in Assert.Single(dashboard.Panels, candidate => candidate.Title == panel).Queries)
        {
            series.AddRange(await AskAsync(query, variables));
        }

        return series;
    }

    /// <summary>The alerts that a dashboard writes over its panels, by their names.</summary>
    public async Task<IReadOnlyList<string>> AnnotationsAsync(string file)
    {
        var dashboard = Dashboard.Read(file);
        var variables = await ChooseAsync(dashboard, byName: true);
        var end = Now();
        var series = await prometheus.QueryRangeAsync(
            variables.Fill(Dashboard.Text(Assert.Single(dashboard.Annotations)["expr"])), end - Range.TotalSeconds, end);
        return [.. series.Select(alert => alert.Labels["alertname"]).Order(StringComparer.Ordinal)];
    }

    /// <summary>The values that a dashboard's variables offer.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> OffersAsync(string file)
    {
        var variables = new GrafanaVariables(Range, RateInterval);
        var offers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, query) in Dashboard.Read(file).VariableQueries)
        {
            var call = LabelValues().Match(query);
            offers[name] = await prometheus.LabelValuesAsync(variables.Fill(call.Groups["selector"].Value), call.Groups["label"].Value);
            variables.Choose(name, offers[name]);
        }

        return offers;
    }

    private static double Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private async Task<GrafanaVariables> ChooseAsync(Dashboard dashboard, bool byName)
    {
        var variables = new GrafanaVariables(Range, RateInterval);
        foreach (var (name, values) in await OffersAsync(dashboard.File))
        {
            if (byName)
            {
                variables.Choose(name, values);
            }
            else
            {
                variables.ChooseAll(name);
            }
        }

        return variables;
    }

    private async Task<IReadOnlyList<MetricSeries>> AskAsync(DashboardQuery query, GrafanaVariables variables)
    {
        var text = variables.Fill(query.Expression);
        if (query.Instant)
        {
            return [.. (await prometheus.QueryAsync(text)).Select(sample => new MetricSeries(sample.Labels, [Now()]))];
        }

        var end = Now();
        return await prometheus.QueryRangeAsync(text, end - Range.TotalSeconds, end);
    }

    [GeneratedRegex(@"^label_values\((?<selector>.*), (?<label>\w+)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValues();
}

/// <summary>What Prometheus said to one query of a dashboard.</summary>
/// <param name="Query">The file, the panel's title and the letter of the query.</param>
/// <param name="Legend">How the series are called.</param>
/// <param name="Series">The series.</param>
internal sealed record DashboardAnswer(string Query, string Legend, IReadOnlyList<MetricSeries> Series);
