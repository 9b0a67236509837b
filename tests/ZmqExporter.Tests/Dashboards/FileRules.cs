using System.Text.Json.Nodes;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>Rules about a dashboard as a whole: who it is, its data source, variables, annotations and links.</summary>
internal static class FileRules
{
    /// <summary>The dashboards that there are: others link to their uids, so these never change.</summary>
    public static readonly IReadOnlyDictionary<string, string> Titles = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["zmq-fleet"] = "ZeroMQ / Fleet",
        ["zmq-target"] = "ZeroMQ / Target",
        ["zmq-subscriptions"] = "ZeroMQ / Subscriptions",
        ["zmq-exporter"] = "ZeroMQ / Exporter",
    };

    private const string Source = "${datasource}";

    private static readonly string[] Chain = ["job", "instance", "target", "module"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DashboardRule> All { get; } =
    [
        new("identity", Identity),
        new("no import placeholders", NoImportPlaceholders),
        new("one data source", OneDataSource),
        new("chained variables", ChainedVariables),
        new("multi variables", MultiVariables),
        new("alerts as annotations", AlertsAsAnnotations),
        new("links between dashboards", LinksBetweenDashboards),
        new("data links carry the variables", DataLinksCarryTheVariables),
    ];

    private static IEnumerable<string> Identity(Dashboard dashboard)
    {
        var uid = Path.GetFileNameWithoutExtension(dashboard.File);
        return Differences(
            ("uid", dashboard.Json["uid"], uid),
            ("title", dashboard.Json["title"], Titles.GetValueOrDefault(uid, "(an unknown dashboard)")),
            ("schemaVersion", dashboard.Json["schemaVersion"], 39),
            ("id", dashboard.Json["id"], null),
            ("graphTooltip", dashboard.Json["graphTooltip"], 1)); // one crosshair over all panels
    }

    private static IEnumerable<string> Differences(params (string Name, JsonNode? Actual, JsonNode? Expected)[] properties) =>
        properties.Where(property => !JsonNode.DeepEquals(property.Actual, property.Expected))
            .Select(property => $"{property.Name} is {property.Actual?.ToJsonString() ?? "null"}, not {property.Expected?.ToJsonString() ?? "null"}");

    // Grafana fills these in when a human imports a file; provisioning leaves them as they are, and nothing works.
    private static IEnumerable<string> NoImportPlaceholders(Dashboard dashboard) =>
        dashboard.Json.Where(property => property.Key.StartsWith("__", StringComparison.Ordinal)).Select(property => property.Key)
            .Concat(dashboard.Json.ToJsonString().Contains("${DS_", StringComparison.Ordinal) ? ["${DS_...}"] : []);

    private static IEnumerable<string> OneDataSource(Dashboard dashboard)
    {
        var variables = dashboard.Variables.Where(variable => Dashboard.Text(variable["type"]) == "datasource").ToArray();
        if (variables is not [var only] || Dashboard.Text(only["name"]) != "datasource" || Dashboard.Text(only["query"]) != "prometheus")
        {
            yield return "there must be one variable of type datasource: datasource, for prometheus";
        }

        var users = dashboard.Panels.Select(panel => panel.Json)
            .Concat(dashboard.Panels.SelectMany(panel => Dashboard.Objects(panel.Json["targets"])))
            .Concat(dashboard.Variables.Where(variable => Dashboard.Text(variable["type"]) == "query"))
            .Concat(dashboard.Annotations);
        foreach (var user in users.Where(user =>
            Dashboard.Text(user["datasource"]?["uid"]) != Source || Dashboard.Text(user["datasource"]?["type"]) != "prometheus"))
        {
            yield return $"{user.GetPath()} does not use the variable {Source}";
        }
    }

    private static IEnumerable<string> ChainedVariables(Dashboard dashboard)
    {
        var expected = dashboard.File == "zmq-exporter.json" ? Chain[..2] : Chain;
        var queries = dashboard.VariableQueries;
        if (!queries.Select(variable => variable.Name).SequenceEqual(expected, StringComparer.Ordinal))
        {
            yield return $"the variables with queries are not {string.Join(", ", expected)}";
        }

        for (var i = 0; i < queries.Count; i++)
        {
            var query = queries[i].Query;
            foreach (var earlier in queries.Take(i).Where(earlier => !query.Contains($"{earlier.Name}=~\"${earlier.Name}\"", StringComparison.Ordinal)))
            {
                yield return $"${queries[i].Name} does not depend on ${earlier.Name}";
            }
        }
    }

    private static IEnumerable<string> MultiVariables(Dashboard dashboard)
    {
        foreach (var variable in dashboard.Variables.Where(variable => Dashboard.Text(variable["type"]) == "query"))
        {
            var name = Dashboard.Text(variable["name"]);
            // One target is looked at in depth: a first look at all of them would be a wall of lines.
            var single = dashboard.File == "zmq-target.json" && name == "target";
            if (!IsTrue(variable["multi"]) || IsTrue(variable["includeAll"]) == single)
            {
                yield return $"${name} must be multi, {(single ? "without" : "with")} all";
            }

            if (IsTrue(variable["includeAll"]) && Dashboard.Text(variable["allValue"]) != ".+")
            {
                yield return $"${name} needs the allValue .+";
            }

            if (variable["refresh"]?.GetValue<int>() != 2)
            {
                yield return $"${name} is not asked again when the time range changes";
            }
        }
    }

    private static IEnumerable<string> AlertsAsAnnotations(Dashboard dashboard)
    {
        var labels = Chain.Take(dashboard.File == "zmq-exporter.json" ? 2 : 3).ToArray();
        // An alert that lacks a label, such as one on all exporters, belongs to every choice: hence the empty alternative.
        var matchers = string.Join(", ", labels.Select(label => $"{label}=~\"${label}|\""));
        var expected = $$"""ALERTS{alertname=~"Zmq.*", alertstate="firing", {{matchers}}}""";
        if (dashboard.Annotations is not [var only] || Dashboard.Text(only["expr"]) != expected || !IsTrue(only["enable"]))
        {
            yield return $"there must be one annotation: {expected}";
        }
    }

    private static IEnumerable<string> LinksBetweenDashboards(Dashboard dashboard)
    {
        const string Tag = "zmq_exporter";
        if (!IsOnly(dashboard.Json["tags"], Tag))
        {
            yield return $"the tags are not [{Tag}]";
        }

        var links = Dashboard.Objects(dashboard.Json["links"]).ToArray();
        if (links is not [var link] || !IsTrue(link["includeVars"]) || !IsTrue(link["keepTime"]) || !IsOnly(link["tags"], Tag))
        {
            yield return $"there must be one link to the dashboards with the tag {Tag}, with variables and time range";
        }
    }

    private static IEnumerable<string> DataLinksCarryTheVariables(Dashboard dashboard)
    {
        var urls = Dashboard.Descendants(dashboard.Json["panels"]!).OfType<JsonObject>().Select(node => Dashboard.Text(node["url"]));
        foreach (var url in urls.Where(url => url.Length > 0))
        {
            var uid = url.Split('?')[0].Split('/')[^1];
            string[] needed =
            [
                "${datasource:queryparam}", "${job:queryparam}", "${instance:queryparam}", "${__url_time_range}",
                .. uid == "zmq-target" ? (string[])["var-target=${__", "var-module=${__"] : [],
            ];
            if (!url.StartsWith($"/d/{uid}?", StringComparison.Ordinal) || !Titles.ContainsKey(uid))
            {
                yield return $"{url} leads to no dashboard of ours";
            }

            foreach (var part in needed.Where(part => !url.Contains(part, StringComparison.Ordinal)))
            {
                yield return $"{url} lacks {part}";
            }
        }
    }

    private static bool IsOnly(JsonNode? node, string text) => node is JsonArray { Count: 1 } items && Dashboard.Text(items[0]) == text;

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
