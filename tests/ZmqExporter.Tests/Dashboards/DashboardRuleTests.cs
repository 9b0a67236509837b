using System.Text.Json.Nodes;

namespace ZmqExporter.Tests.Dashboards;

/// <summary>A rule that cannot fail is worth nothing: each is broken here in each way that it is meant to see.</summary>
public sealed class DashboardRuleTests
{
    private const string Target = "zmq-target.json";
    private const string Fleet = "zmq-fleet.json";

    private static readonly (string Rule, string File, string Old, string New)[] Damages =
    [
        ("identity", Target, "\"uid\": \"zmq-target\"", "\"uid\": \"xyz\""),
        ("identity", Target, "\"title\": \"ZeroMQ / Target\"", "\"title\": \"Target\""),
        ("identity", Target, "\"schemaVersion\": 39", "\"schemaVersion\": 38"),
        ("identity", Target, "\"id\": null", "\"id\": 12"),
        ("identity", Target, "\"graphTooltip\": 1", "\"graphTooltip\": 0"),
        ("no import placeholders", Target, "\"id\": null", "\"id\": null, \"__inputs\": []"),
        ("no import placeholders", Target, "\"uid\": \"${datasource}\"", "\"uid\": \"${DS_PROMETHEUS}\""),
        ("one data source", Target, "\"uid\": \"${datasource}\"", "\"uid\": \"PBFA97CFB590B2093\""),
        ("one data source", Target, "\"name\": \"datasource\"", "\"name\": \"ds\""),
        ("one data source", Target, "\"query\": \"prometheus\"", "\"query\": \"loki\""),
        ("chained variables", Target, "\"query\": \"label_values(zmq_exporter_build_info{job=~\\\"$job\\\"}, instance)\"", "\"query\": \"label_values(zmq_exporter_build_info, instance)\""),
        ("chained variables", Target, "\"name\": \"module\"", "\"name\": \"mod\""),
        ("multi variables", Target, "\"multi\": true", "\"multi\": false"),
        ("multi variables", Target, "\"allValue\": \".+\"", "\"allValue\": \".*\""),
        ("multi variables", Fleet, "\"allValue\": \".*\"", "\"allValue\": \".+\""),
        ("multi variables", Fleet, "\"includeAll\": false", "\"includeAll\": true"),
        ("long lists are asked for once", Target, "\"refresh\": 2", "\"refresh\": 1"),
        ("long lists are asked for once", Target, "\"refresh\": 1", "\"refresh\": 2"),
        ("long lists are asked for once", Target, ", target=~\\\"$search\\\"", ""),
        ("long lists are asked for once", Fleet, "\"query\": \".*\"", "\"query\": \"\""),
        ("multi variables", Fleet, "\"includeAll\": true", "\"includeAll\": false"),
        ("alerts as annotations", Target, "ALERTS{alertname=~\\\"Zmq.*\\\"", "ALERTS{alertname=~\\\".*\\\""),
        ("alerts as annotations", Target, "target=~\\\"$target|\\\"", "target=~\\\"$target\\\""),
        ("alerts as annotations", Target, "\"enable\": true", "\"enable\": false"),
        ("what happened as annotations", Target, "\"name\": \"State changes\"", "\"name\": \"Changes\""),
        ("what happened as annotations", "zmq-exporter.json", "\"useValueForTime\": true", "\"useValueForTime\": false"),
        ("what happened as annotations", Fleet, "\"expr\": \"1000 * (process_start", "\"expr\": \"(process_start"),
        ("links between dashboards", Target, "\"includeVars\": true", "\"includeVars\": false"),
        ("links between dashboards", Target, "\"keepTime\": true", "\"keepTime\": false"),
        ("links between dashboards", Target, "\"zmq_exporter\"", "\"zmq\""),
        ("data links carry the variables", Fleet, "&${instance:queryparam}", ""),
        ("data links carry the variables", Fleet, "&${__url_time_range}", ""),
        ("data links carry the variables", Fleet, "&var-target=", "&target="),
        ("data links carry the variables", Fleet, "/d/zmq-target?", "/d/target?"),
        ("data links carry the variables", Fleet, "${__data.fields.url:raw}/targets/", "/targets/"),
        ("data links carry the variables", Fleet, "runbook.md#$", "alerting.md#$"),
        ("ids and titles are unique", Target, "\"id\": 2,", "\"id\": 1,"),
        ("ids and titles are unique", Target, "\"title\": \"Reachable\"", "\"title\": \"Ready\""),
        ("ids and titles are unique", Target, "\"refId\": \"B\"", "\"refId\": \"A\""),
        ("descriptions", Target, "\"description\": \"When the state was entered.\"", "\"description\": \"\""),
        ("descriptions", Target, "\"description\": \"One target in depth", "\"description\": \"\", \"was\": \"One target in depth"),
        ("units", Target, "\"unit\": \"dateTimeFromNow\"", "\"unit\": \"\""),
        ("no overlap", Target, "\"x\": 3,", "\"x\": 2,"),
        ("no overlap", Fleet, "\"w\": 24", "\"w\": 25"),
        ("one colour for each state", Target, "\"color\": \"yellow\"", "\"color\": \"blue\""),
        ("one colour for each state", Fleet, "\"fixedColor\": \"orange\"", "\"fixedColor\": \"red\""),
        ("one colour for each reason", Fleet, "\"options\": \"reply_timeout\"", "\"options\": \"timeout\""),
        ("one colour for each reason", Target, "\"#B877D9\"", "\"#F2495C\""),
        ("states are words", Target, "\"text\": \"suspect\"", "\"text\": \"suspected\""),
        ("outages are gaps", Target, "\"custom\": {", "\"custom\": {\"spanNulls\": true, "),
        ("outages are gaps", Fleet, "\"expr\": \"sum(zmq_exporter:targets_flapping:sum{", "\"expr\": \"vector(0) or sum(zmq_exporter:targets_flapping:sum{"),
        ("outages are gaps", Fleet, "\"expr\": \"sum(zmq_exporter:targets_flapping:sum{", "\"expr\": \"sum(last_over_time(zmq_target_flapping[1h])) or sum(zmq_exporter:targets_flapping:sum{"),
        ("thresholds come from the policy", Target, "zmq_target_down_after_misses{", "zmq_target_consecutive_misses{"),
        ("thresholds come from the policy", Target, "zmq_target_late_after_seconds{", "zmq_target_interval_seconds{"),
        ("thresholds come from the policy", "zmq-exporter.json", "zmq_target_interval_seconds{", "zmq_exporter_targets{"),
        ("thresholds come from the policy", Target, "\"custom\": {", "\"custom\": {\"thresholdsStyle\": {\"mode\": \"line\"}, "),
        ("words for nothing", Fleet, "\"noValue\": \"No probe failed\"", "\"was\": \"\""),
        ("words for nothing", Fleet, "\"noValue\": \"Every scraped target is up, and none flaps\"", "\"was\": \"\""),
        ("metrics exist", Target, "zmq_target_flapping{", "zmq_target_flaps{"),
        ("metrics exist", Target, "zmq_probe_duration_seconds_bucket{", "zmq_probe_duration_seconds{"),
        ("metrics exist", Target, "zmq_probe_misses_total{", "zmq_probe_misses_total_bucket{"),
        ("metrics exist", Target, "label_values(zmq_target_info{", "label_values(zmq_targets{"),
        ("selectors take the variables", Target, ", module=~\\\"$module\\\"", ""),
        ("selectors take the variables", Target, "target=~\\\"$target\\\"", "target=\\\"orders\\\""),
        ("selectors take the variables", Fleet, "\"expr\": \"sum(zmq_exporter:targets_flapping:sum{", "\"expr\": \"sum(zmq_target_ready) + sum(zmq_exporter:targets_flapping:sum{"),
        ("selectors take the variables", Fleet, ", $label=~\\\"$value\\\"", ""),
        ("selectors take the variables", Fleet, "job=~\\\"$job|\\\", ", ""),
        ("sums are of what is chosen", Fleet, "unfiltered=~", "job=~"),
        ("sums are of what is chosen", Fleet, "unfiltered!~", "job!~"),
        ("other programs are left out", "zmq-exporter.json", " and on (job, instance) last_over_time(zmq_exporter_build_info{", " or on (job, instance) last_over_time(zmq_exporter_build_info{"),
        ("rates use the rate interval", Target, "[$__rate_interval]", "[5m]"),
        ("rates use the rate interval", Target, "(rate(", "(irate("),
        ("ranges are the dashboard's", Target, "[$__range]", "[7d]"),
        ("series are bounded", Fleet, " @ end()", ""),
        ("legends", Target, "\"legendFormat\": \"{{reason}}\"", "\"legendFormat\": \"{{module}}\""),
        ("queries are there", Fleet, "\"expr\": \"sum(zmq_exporter:targets_flapping:sum{", "\"expression\": \"sum(zmq_exporter:targets_flapping:sum{"),
        ("queries are there", Fleet, "\"query\": {", "\"ask\": {"),
    ];

    public static TheoryData<string, string, string, string> Cases =>
        [.. Damages.Select(damage => new TheoryDataRow<string, string, string, string>(damage.Rule, damage.File, damage.Old, damage.New))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Check_DamagedDashboard_SaysSo(string name, string file, string old, string damage)
    {
        var rule = DashboardRule.Of(name);
        var text = Repository.Read(Path.Combine(Dashboard.Directory, file));
        Assert.Contains(old, text, StringComparison.Ordinal); // else the damage does nothing

        // The whole file, not the first place: a rule may concern only some of them.
        var damaged = Dashboard.Parse(file, text.Replace(old, damage, StringComparison.Ordinal));

        Assert.Empty(rule.Check(Dashboard.Parse(file, text)));
        Assert.NotEmpty(rule.Check(damaged));
    }

    [Fact]
    public void Rules_All_AreBrokenHere() =>
        Assert.Equal<string>(
            DashboardRule.All.Select(rule => rule.Name).Order(StringComparer.Ordinal),
            Damages.Select(damage => damage.Rule).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);

    [Fact]
    public void Tidy_ExportOfGrafana_IsTheFile()
    {
        var text = Repository.Read(Path.Combine(Dashboard.Directory, Fleet));
        var export = JsonNode.Parse(text)!.AsObject();
        export["id"] = 7;
        export["version"] = 3;
        export["weekStart"] = "";
        export["timepicker"] = new JsonObject();
        var panel = export["panels"]!.AsArray()[0]!;
        panel["fieldConfig"]!["defaults"]!["mappings"] = new JsonArray();
        panel["targets"]![0]!["editorMode"] = "code";
        export["templating"]!["list"]![1]!["current"] = new JsonObject { ["text"] = "All", ["value"] = "$__all" };
        var title = panel["title"]!.GetValue<string>();
        panel.AsObject().Remove("title");
        panel["title"] = title; // now the last of its keys

        Assert.False(text == export.ToJsonString(), "the export is as tidy as the file");
        Assert.Equal(text, TidyForm.Of(export));
    }

    [Fact]
    public void Selectors_OfAQuery_AreAllOfThem()
    {
        var selectors = PromQlText.Selectors(
            """60 * sum by (a) (rate(x{b="up"}[5m] @ end())) / on (c) group_left (d) y > bool $objective or label_replace(z, "e", "f", "", "")""");

        Assert.Equal<(string, string)>([("x", "b=\"up\""), ("y", ""), ("z", "")], selectors);
    }
}
