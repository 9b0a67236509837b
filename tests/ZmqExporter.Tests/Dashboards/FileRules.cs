using System.Text.Json.Nodes;
using ZmqExporter.Mixin;

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

    // What a panel of a fleet may link to beside dashboards: the exporter's page of a target, its board, and an alert's section of the runbook.
    private static readonly string[] OtherLinks =
    [
        "${__data.fields.url:raw}/targets/${__data.fields.target:percentencode}/${__data.fields.module:percentencode}",
        "${__data.fields.url:raw}",
        $"{MixinParameters.DefaultRunbookBase}#${{__data.fields.alertname:percentencode}}",
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DashboardRule> All { get; } =
    [
        new("identity", Identity),
        new("no import placeholders", NoImportPlaceholders),
        new("one data source", OneDataSource),
        new("chained variables", ChainedVariables),
        new("multi variables", MultiVariables),
        new("long lists are asked for once", LongListsAreAskedForOnce),
        new("alerts as annotations", AlertsAsAnnotations),
        new("what happened as annotations", WhatHappenedAsAnnotations),
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
        // The fleet's dashboard has no list of targets, but a text.
        string[] expected = dashboard.File switch
        {
            "zmq-exporter.json" => Chain[..2],
            "zmq-fleet.json" => ["job", "instance", "module", "label", "value"],
            _ => Chain,
        };
        var queries = dashboard.VariableQueries;
        if (!queries.Select(variable => variable.Name).SequenceEqual(expected, StringComparer.Ordinal))
        {
            yield return $"the variables with queries are not {string.Join(", ", expected)}";
        }

        for (var i = 0; i < queries.Count; i++)
        {
            var query = queries[i].Query;
            foreach (var earlier in queries.Take(i).Where(earlier => Chain.Contains(earlier.Name, StringComparer.Ordinal)
                && (earlier.Name != "module" || dashboard.File != "zmq-fleet.json") && !query.Contains($"{earlier.Name}=~\"${earlier.Name}\"", StringComparison.Ordinal)))
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
            if (name == "label")
            {
                if (IsTrue(variable["multi"]) || IsTrue(variable["includeAll"]))
                {
                    yield return "$label must be one";
                }

                continue;
            }

            if (!IsTrue(variable["multi"]) || IsTrue(variable["includeAll"]) == single)
            {
                yield return $"${name} must be multi, {(single ? "without" : "with")} all";
            }

            // On the fleet's dashboard "all" has to match what has no such label: see the rule for what is unfiltered.
            var all = dashboard.File == "zmq-fleet.json" && name is "module" or "value" ? ".*" : ".+";
            if (IsTrue(variable["includeAll"]) && Dashboard.Text(variable["allValue"]) != all)
            {
                yield return $"${name} needs the allValue {all}";
            }
        }
    }

    // Grafana asks for a list that depends on the time range at each refresh: of 10,000 targets, each half a minute.
    private static IEnumerable<string> LongListsAreAskedForOnce(Dashboard dashboard)
    {
        foreach (var variable in dashboard.Variables.Where(variable => Dashboard.Text(variable["type"]) == "query"))
        {
            var name = Dashboard.Text(variable["name"]);
            var expected = name is "job" or "instance" ? 2 : 1;
            if (variable["refresh"]?.GetValue<int>() != expected)
            {
                yield return $"${name} is not asked for {(expected == 1 ? "once, when the page is opened" : "again when the time range changes")}";
            }
        }

        foreach (var (_, query) in dashboard.VariableQueries.Where(variable => variable.Name == "target" && !variable.Query.Contains("target=~\"$search\"", StringComparison.Ordinal)))
        {
            yield return $"the list of targets cannot be narrowed: {query}";
        }

        if (dashboard.File != "zmq-exporter.json"
            && (dashboard.Variables.FirstOrDefault(variable => Dashboard.Text(variable["name"]) == "search") is not { } search
                || Dashboard.Text(search["type"]) != "textbox" || Dashboard.Text(search["query"]) != ".*"))
        {
            yield return "there must be a text $search, which is .* at first";
        }
    }

    private static IEnumerable<string> AlertsAsAnnotations(Dashboard dashboard)
    {
        var labels = Chain.Take(dashboard.File == "zmq-exporter.json" ? 2 : 3).ToArray();
        // An alert that lacks a label, such as one on all exporters, belongs to every choice: hence the empty alternative.
        var isFleet = dashboard.File == "zmq-fleet.json";
        var matchers = string.Join(", ", labels.Select(label => $"{label}=~\"${(isFleet && label == "target" ? "search" : label)}|\""));
        var expected = $$"""ALERTS{alertname=~"Zmq.*", alertname!="ZmqWatchdog", alertstate="firing", {{matchers}}}""";
        if (dashboard.Annotations is not [var first, ..] || Dashboard.Text(first["expr"]) != expected || !IsTrue(first["enable"]))
        {
            yield return $"the first annotation must be: {expected}";
        }
    }

    // Each is drawn at the second that the series says, in milliseconds, and not at the step of the query that found it.
    private static IEnumerable<string> WhatHappenedAsAnnotations(Dashboard dashboard)
    {
        string[] ofTargets = dashboard.File switch
        {
            "zmq-exporter.json" => [],
            "zmq-target.json" => ["Server started", "State changes"],
            _ => ["State changes"],
        };
        string[] names = ["Exporter started", "Configuration reloaded", .. ofTargets];
        var found = dashboard.Annotations.Skip(1).ToArray();
        if (!found.Select(annotation => Dashboard.Text(annotation["name"])).SequenceEqual(names, StringComparer.Ordinal))
        {
            yield return $"the annotations after the alerts are not: {string.Join(", ", names)}";
        }

        foreach (var annotation in found.Where(annotation =>
            !IsTrue(annotation["useValueForTime"]) || !Dashboard.Text(annotation["expr"]).StartsWith("1000 * ", StringComparison.Ordinal)))
        {
            yield return $"{Dashboard.Text(annotation["name"])} is not where its value says, in milliseconds";
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
        var urls = Dashboard.Descendants(dashboard.Json["panels"]!).OfType<JsonObject>().Where(node => node["title"] is not null).Select(node => Dashboard.Text(node["url"]));
        foreach (var url in urls.Where(url => url.Length > 0 && !OtherLinks.Contains(url, StringComparer.Ordinal)))
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
