using System.Text.Json.Nodes;
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
            variables.Fill(Dashboard.Text(dashboard.Annotations[0]["expr"])), end - Range.TotalSeconds, end);
        return [.. series.Select(alert => alert.Labels["alertname"]).Order(StringComparer.Ordinal)];
    }

    /// <summary>When something happened that a dashboard writes over its panels, in Unix seconds.</summary>
    /// <param name="file">The dashboard.</param>
    /// <param name="name">What the annotation is called.</param>
    public async Task<IReadOnlyList<double>> HappenedAsync(string file, string name)
    {
        var dashboard = Dashboard.Read(file);
        var annotation = Assert.Single(dashboard.Annotations, annotation => Dashboard.Text(annotation["name"]) == name);
        var variables = await ChooseAsync(dashboard, byName: false);
        return [.. (await prometheus.QueryAsync(variables.Fill(Dashboard.Text(annotation["expr"])))).Select(sample => sample.Value / 1000)];
    }

    /// <summary>What Grafana's own library makes of dashboards and the answers to them: the work of tests/grafana.</summary>
    public async Task<CommandResult> CheckAsync(params string[] files)
    {
        var chosen = new JsonObject();
        foreach (var file in files.Select(Path.GetFileName).OfType<string>())
        {
            chosen[file] = new JsonObject((await ChooseAsync(Dashboard.Read(file), byName: false)).Values
                .Select(variable => KeyValuePair.Create(variable.Key, (JsonNode?)variable.Value)));
        }

        return await GrafanaCheck.RunAsync(
            ["--prometheus", prometheus.Address.ToString().TrimEnd('/'), "--variables", chosen.ToJsonString(), .. files]);
    }

    /// <summary>The values that a dashboard's variables offer.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> OffersAsync(string file)
    {
        var variables = Texts(Dashboard.Read(file));
        var offers = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, query) in Dashboard.Read(file).VariableQueries)
        {
            var call = LabelCall().Match(query);
            var selector = variables.Fill(call.Groups["selector"].Value);
            offers[name] = call.Groups["label"].Success
                ? await prometheus.LabelValuesAsync(selector, variables.Fill(call.Groups["label"].Value))
                : [(await prometheus.LabelNamesAsync(selector)).First(label => label == "module")]; // one, as the dashboard has it at first
            variables.Choose(name, offers[name]);
        }

        return offers;
    }

    private static double Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private async Task<GrafanaVariables> ChooseAsync(Dashboard dashboard, bool byName)
    {
        var variables = Texts(dashboard);
        foreach (var (name, values) in await OffersAsync(dashboard.File))
        {
            if (byName || name == "label")
            {
                variables.Choose(name, values);
            }
            else
            {
                variables.Set(name, AllOf(dashboard, name));
            }
        }

        return variables;
    }

    // What is typed, or chosen from a list that the file has: as it is at first.
    private static GrafanaVariables Texts(Dashboard dashboard)
    {
        var variables = new GrafanaVariables(Range, RateInterval);
        foreach (var variable in dashboard.Variables.Where(variable => Dashboard.Text(variable["type"]) is "textbox" or "custom"))
        {
            variables.Set(Dashboard.Text(variable["name"]), Dashboard.Text(variable["current"]!["value"]));
        }

        return variables;
    }

    // The dashboard with one target at a time has no "all" of them.
    private static string AllOf(Dashboard dashboard, string name) =>
        Dashboard.Text(dashboard.Variables.Single(variable => Dashboard.Text(variable["name"]) == name)["allValue"]) is { Length: > 0 } all ? all : ".+";

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

    [GeneratedRegex(@"^label_(values\((?<selector>.*), (?<label>\$?\w+)|names\((?<selector>.*))\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelCall();
}

/// <summary>What Prometheus said to one query of a dashboard.</summary>
/// <param name="Query">The file, the panel's title and the letter of the query.</param>
/// <param name="Legend">How the series are called.</param>
/// <param name="Series">The series.</param>
internal sealed record DashboardAnswer(string Query, string Legend, IReadOnlyList<MetricSeries> Series);
