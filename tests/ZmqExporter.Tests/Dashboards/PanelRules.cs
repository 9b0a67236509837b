using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>Rules about single panels: what they say, where they are, which colours they have.</summary>
internal static partial class PanelRules
{
    private const int Columns = 24;

    private static readonly Dictionary<string, string> StateColours = new(StringComparer.Ordinal)
    {
        ["up"] = "green",
        ["degraded"] = "yellow",
        ["suspect"] = "orange",
        ["down"] = "red",
        ["unknown"] = "#8e8e8e",
    };

    private static readonly string[] Reasons = [.. FailureReasons.All.Select(reason => reason.Label())];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DashboardRule> All { get; } =
    [
        new("ids and titles are unique", UniqueIdsAndTitles),
        new("descriptions", Descriptions),
        new("units", Units),
        new("no overlap", NoOverlap),
        new("one colour for each state", StateColoursHold),
        new("one colour for each reason", ReasonColoursHold),
        new("states are words", StatesAreWords),
        new("outages are gaps", OutagesAreGaps),
        new("thresholds come from the policy", PolicyThresholds),
        new("words for nothing", WordsForNothing),
    ];

    private static IEnumerable<string> UniqueIdsAndTitles(Dashboard dashboard) =>
        Repeated(dashboard.AllPanels.Select(panel => $"id {panel["id"]?.ToJsonString()}"))
            .Concat(Repeated(dashboard.AllPanels.Select(panel => $"title {Dashboard.Text(panel["title"])}")))
            .Concat(dashboard.Panels.SelectMany(panel => Repeated(panel.Queries.Select(query => $"query {query.Name}"))));

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} is there {group.Count()} times");

    private static IEnumerable<string> Descriptions(Dashboard dashboard) =>
        dashboard.Panels.Where(panel => !Dashboard.Text(panel.Json["description"]).EndsWith('.'))
            .Select(panel => $"{panel.Title} has no sentence that describes it")
            .Concat(Dashboard.Text(dashboard.Json["description"]).EndsWith('.') ? [] : ["the dashboard has no description"]);

    private static IEnumerable<string> Units(Dashboard dashboard) =>
        dashboard.Panels.Where(panel => Dashboard.Text(Defaults(panel)?["unit"]).Length == 0).Select(panel => $"{panel.Title} has no unit");

    private static IEnumerable<string> NoOverlap(Dashboard dashboard)
    {
        var taken = new Dictionary<(int X, int Y), string>();
        foreach (var panel in dashboard.AllPanels)
        {
            var title = Dashboard.Text(panel["title"]);
            int Get(string name) => panel["gridPos"]?[name]?.GetValue<int>() ?? 0;
            if (Get("w") < 1 || Get("h") < 1 || Get("x") + Get("w") > Columns)
            {
                yield return $"{title} is not within {Columns} columns";
            }

            var cells = from x in Enumerable.Range(Get("x"), Get("w")) from y in Enumerable.Range(Get("y"), Get("h")) select (x, y);
            foreach (var other in cells.Where(cell => !taken.TryAdd(cell, title)).Select(cell => taken[cell]).Distinct(StringComparer.Ordinal))
            {
                yield return $"{title} overlaps {other}";
            }
        }
    }

    private static IEnumerable<string> StateColoursHold(Dashboard dashboard)
    {
        foreach (var (word, colour, path) in Mappings(dashboard.Json).Concat(Overrides(dashboard.Json)))
        {
            if (StateColours.TryGetValue(word, out var expected) && colour != expected)
            {
                yield return $"{path}: {word} is {colour}, not {expected}";
            }
        }
    }

    // Else a reason's colour would depend on which others there are, and green would be among them.
    private static IEnumerable<string> ReasonColoursHold(Dashboard dashboard)
    {
        foreach (var panel in dashboard.Panels.Where(panel => panel.Type == "timeseries" && panel.Queries.Any(query => query.Legend == "{{reason}}")))
        {
            var colours = Overrides(panel.Json).ToDictionary(entry => entry.Word, entry => entry.Colour, StringComparer.Ordinal);
            foreach (var reason in Reasons.Where(reason => !colours.ContainsKey(reason)))
            {
                yield return $"{panel.Title}: {reason} has no colour";
            }

            if (colours.Values.Distinct(StringComparer.Ordinal).Count() != colours.Count)
            {
                yield return $"{panel.Title}: two reasons have one colour";
            }
        }
    }

    // A query that makes a number of the state needs the words for it, all five of them.
    private static IEnumerable<string> StatesAreWords(Dashboard dashboard)
    {
        const string Number = $"4 * {MetricNames.TargetState}{{";
        foreach (var panel in dashboard.Panels.Where(panel => panel.Queries.Any(query => query.Expression.Contains(Number, StringComparison.Ordinal))))
        {
            string[] words = ["unknown", "up", "degraded", "suspect", "down"];
            var shown = Mappings(panel.Json).Select(mapping => mapping.Word);
            if (!words.SequenceEqual(shown.Where(StateColours.ContainsKey), StringComparer.Ordinal))
            {
                yield return $"{panel.Title} does not map 0 to 4 to {string.Join(", ", words)}";
            }
        }
    }

    private static IEnumerable<string> OutagesAreGaps(Dashboard dashboard) =>
        dashboard.Panels
            .Where(panel => Dashboard.Descendants(panel.Json).OfType<JsonObject>()
                .Any(node => node["spanNulls"] is { } span && span.ToJsonString() != "false"))
            .Select(panel => $"{panel.Title} draws a line over gaps")
            .Concat(dashboard.Panels.SelectMany(panel => panel.Queries)
                .Where(query => OutOfNothing().IsMatch(query.Expression.Replace(QueryRules.OfOurProgram, "", StringComparison.Ordinal)))
                .Select(query => $"{query.Name} has a value although nothing was scraped"));

    // Who looks at misses or round trips over time wants to know how many are too many: the policy says so, not the dashboard.
    private static IEnumerable<string> PolicyThresholds(Dashboard dashboard)
    {
        (string Measured, string Threshold)[] pairs =
        [
            ($"max by (target, module) ({MetricNames.TargetConsecutiveMisses}{{", MetricNames.TargetDownAfterMisses),
            ($"(rate({MetricNames.ProbeDuration}_bucket{{", MetricNames.TargetLateAfter),
            ($"rate({MetricNames.Probes}{{job=~\"$job\", instance=~\"$instance\"}}[", MetricNames.TargetInterval),
        ];
        foreach (var panel in dashboard.Panels.Where(panel => panel.Type == "timeseries"))
        {
            foreach (var (measured, threshold) in pairs)
            {
                if (panel.Queries.Any(query => query.Expression.Contains(measured, StringComparison.Ordinal))
                    && !panel.Queries.Any(query => query.Expression.Contains(threshold + "{", StringComparison.Ordinal)))
                {
                    yield return $"{panel.Title} does not draw {threshold}";
                }
            }

            if (Defaults(panel)?["custom"]?["thresholdsStyle"] is not null)
            {
                yield return $"{panel.Title} draws a constant threshold";
            }
        }
    }

    // "No data" can mean that all is well or that nothing is scraped: whoever filters the good away has to say which.
    private static IEnumerable<string> WordsForNothing(Dashboard dashboard) =>
        dashboard.Panels
            .Where(panel => panel.Type is "stat" or "bargauge" or "table"
                || panel.Queries.Any(query => query.Expression.EndsWith("> 0", StringComparison.Ordinal)))
            .Where(panel => Dashboard.Text(Defaults(panel)?["noValue"]).Length == 0)
            .Select(panel => $"{panel.Title} has no noValue");

    /// <summary>The colour of each reason in a dashboard, where it has one.</summary>
    public static IEnumerable<(string Reason, string Colour)> ReasonColours(Dashboard dashboard) =>
        Overrides(dashboard.Json).Where(entry => Reasons.Contains(entry.Word, StringComparer.Ordinal)).Select(entry => (entry.Word, entry.Colour));

    private static JsonObject? Defaults(DashboardPanel panel) => panel.Json["fieldConfig"]?["defaults"] as JsonObject;

    private static IEnumerable<(string Word, string Colour, string Path)> Mappings(JsonNode root) =>
        Dashboard.Descendants(root).OfType<JsonObject>().Where(node => node.ContainsKey("text") && node.ContainsKey("index"))
            .Select(node => (Dashboard.Text(node["text"]), Dashboard.Text(node["color"]), node.GetPath()));

    private static IEnumerable<(string Word, string Colour, string Path)> Overrides(JsonNode root) =>
        Dashboard.Descendants(root).OfType<JsonObject>().Where(node => node["matcher"] is not null)
            .SelectMany(node => Dashboard.Objects(node["properties"])
                .Where(property => Dashboard.Text(property["id"]) == "color")
                .Select(property => (Dashboard.Text(node["matcher"]!["options"]), Dashboard.Text(property["value"]?["fixedColor"]), node.GetPath())));

    [GeneratedRegex(@"\b(vector|absent\w*|last_over_time|present_over_time)\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OutOfNothing();
}
