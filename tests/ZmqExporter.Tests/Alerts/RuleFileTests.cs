using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.OnDemand;

namespace ZmqExporter.Tests.Alerts;

/// <summary>What holds for every rule, whatever it says.</summary>
public sealed partial class RuleFileTests
{
    private const string Watchdog = "ZmqWatchdog";

    private static readonly string[] Severities = ["critical", "warning", "info", "none"];

    // What Prometheus itself makes, and what an exporter has only with --web.external-url.
    private static readonly string[] OthersNames = ["up", "ALERTS"];

    private static readonly string[] Links = ["dashboard_url", "page_url"];

    [Fact]
    public void Alerts_Names_BeginWithZmqAndAreUnlikeEachOther()
    {
        Assert.All(AlertRules.Alerts, rule => Assert.StartsWith("Zmq", rule.Alert, StringComparison.Ordinal));
        Assert.Equal(
            AlertRules.Alerts.Count,
            AlertRules.Alerts.Select(rule => (rule.Alert, rule.Labels.GetValueOrDefault("burn"))).Distinct().Count());
    }

    [Fact]
    public void Alerts_LabelsAndAnnotations_AreComplete() => Assert.All(AlertRules.Alerts, rule =>
    {
        Assert.Contains(rule.Labels["severity"], Severities, StringComparer.Ordinal);
        Assert.Equal(rule.Alert == Watchdog, rule.Labels["severity"] == "none");
        Assert.Equal(
            ["description", "runbook_url", "summary"],
            rule.Annotations.Keys.Except(Links, StringComparer.Ordinal).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Assert.Matches(@"^[A-Z][^.{]+\.$", rule.Annotations["summary"]); // one sentence, the same whatever the labels are
        Assert.EndsWith(".", rule.Annotations["description"], StringComparison.Ordinal);
    });

    [Fact]
    public void Alerts_RunbookUrl_IsTheDocumentedBaseAndTheAlertsOwnAnchor()
    {
        var address = AlertRules.Alerts[0].Annotations["runbook_url"].Split('#')[0];

        Assert.All(AlertRules.Alerts, rule => Assert.Equal($"{address}#{rule.Alert.ToLowerInvariant()}", rule.Annotations["runbook_url"]));
        Assert.Contains(address, Repository.Read("docs/alerting.md"), StringComparison.Ordinal); // with the command that replaces it
    }

    [Fact]
    public void Alerts_DashboardUrl_IsADashboardOfOursWithVariablesThatItHas() => Assert.All(AlertRules.Alerts, rule =>
    {
        var url = DashboardUrl().Match(rule.Annotations["dashboard_url"]);
        Assert.True(url.Success, rule.Alert);
        using var dashboard = JsonDocument.Parse(Repository.Read($"dashboards/{url.Groups["uid"].Value}.json"));
        Assert.Equal(url.Groups["uid"].Value, dashboard.RootElement.GetProperty("uid").GetString());
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray().Select(one => one.GetProperty("name").GetString());
        Assert.Subset(variables.ToHashSet(StringComparer.Ordinal), url.Groups["name"].Captures.Select(name => (string?)name.Value).ToHashSet(StringComparer.Ordinal));
    });

    [Fact]
    public void Alerts_PageUrl_IsThatOfTheTargetWhereThereIsOne() => Assert.All(AlertRules.Alerts, rule =>
    {
        var isOfATarget = rule.Annotations["description"].Contains("{{ $labels.target }}", StringComparison.Ordinal);
        Assert.Equal(isOfATarget, rule.Annotations.ContainsKey("page_url"));
    });

    [Fact]
    public void Rules_EveryMetric_IsExportedOrRecorded()
    {
        var recorded = AlertRules.All.Select(rule => rule.Record);
        var known = Exported().Concat(ReportMetrics.Names).Concat(OthersNames).Concat(recorded).ToHashSet(StringComparer.Ordinal);

        Assert.All(AlertRules.All, rule => Assert.All(MetricsOf(rule), name => Assert.Contains(name, known)));
        Assert.All(AlertRules.Alerts.Where(rule => rule.Alert != Watchdog), rule => Assert.True(MetricsOf(rule).Any() || rule.Expr.Contains("probe_zmq_", StringComparison.Ordinal), rule.Alert));
    }

    [Fact]
    public void Rules_ThatNeedMoreThanLeanDetail_AreTheDocumentedOnes()
    {
        var lean = Repository.Read("docs/metrics.md").Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 8) // those of series
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[6] == "lean", StringComparer.Ordinal);
        var needMore = AlertRules.All.Where(rule => MetricsOf(rule).Any(name => lean.TryGetValue(name, out var has) && !has)).Select(rule => rule.ToString());
        var documented = NeedsStandard().Match(Repository.Read("docs/alerting.md")).Groups["names"].Value;

        Assert.Equal(needMore, documented.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('`')), StringComparer.Ordinal);
    }

    [Fact]
    public void Rules_PolicyValues_ComeFromTheExportedPolicy()
    {
        string[] policy = [MetricNames.TargetDownAfterMisses, MetricNames.TargetLateAfter, MetricNames.TargetInterval, MetricNames.TargetObjective];
        Assert.All(policy, name => Assert.Contains(AlertRules.All, rule =>
            rule.Expr.Contains(name, StringComparison.Ordinal) || rule.Annotations.Values.Any(text => text.Contains(name, StringComparison.Ordinal))));

        // Misses and delays are compared with nothing but them.
        Assert.All(
            AlertRules.Alerts.Where(rule => rule.Expr.Contains("misses:increase", StringComparison.Ordinal)),
            rule => Assert.Contains("misses:down_after", rule.Expr, StringComparison.Ordinal));
        Assert.All(
            AlertRules.All.Where(rule => rule.Record.EndsWith("misses:down_after", StringComparison.Ordinal)),
            rule => Assert.Contains(MetricNames.TargetDownAfterMisses, rule.Expr, StringComparison.Ordinal));
        Assert.All(
            AlertRules.All.Where(rule => rule.Expr.Contains(MetricNames.ProbeOverdue, StringComparison.Ordinal)),
            rule => Assert.Contains(MetricNames.TargetInterval, rule.Expr, StringComparison.Ordinal));
    }

    [Fact]
    public void PromtoolTests_EveryAlert_FiresInOneCaseAndStaysSilentInAnother()
    {
        var cases = AlertRules.TestFiles.SelectMany(file => AlertRules.ParseTests(Repository.Read(file)).Tests).SelectMany(test => test.AlertRuleTest).ToList();

        Assert.All(AlertRules.Alerts, rule =>
        {
            Assert.Contains(cases, test => test.Alert == rule.Alert && test.ExpAlerts.Any(alert =>
                rule.Labels.All(label => alert["exp_labels"].GetValueOrDefault(label.Key) == label.Value)
                && alert["exp_annotations"]["summary"] == rule.Annotations["summary"]));
            Assert.True(rule.Alert == Watchdog || cases.Exists(test => test.Alert == rule.Alert && test.ExpAlerts.Count == 0), rule.Alert);
        });
        Assert.All(cases, test => Assert.Contains(AlertRules.Alerts, rule => rule.Alert == test.Alert)); // none for an alert that is no more
    }

    private static IEnumerable<string> Exported() =>
        typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    private static IEnumerable<string> MetricsOf(Rule rule)
    {
        var queries = rule.Annotations.Values.SelectMany(text => Template().Matches(text)).Select(match => match.Value).Prepend(rule.Expr);
        return MetricName().Matches(string.Join('\n', queries)).Select(match => BucketSuffix().Replace(match.Value, ""));
    }

    [GeneratedRegex(@"(?<![\w:])(zmq_[a-z0-9_:]+|probe_[a-z_]+|process_[a-z_]+|up(?=[ {\n])|ALERTS)(?![\w:.#+])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricName();

    [GeneratedRegex(
        @"^https://grafana\.example/d/(?<uid>[a-z-]+)(\?var-(?<name>\w+)=\{\{ urlquery \$labels\.\k<name> \}\}(&var-(?<name>\w+)=\{\{ urlquery \$labels\.\k<name> \}\})*)?$",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex DashboardUrl();

    [GeneratedRegex(@"\{\{.*?\}\}", RegexOptions.None, 1000)]
    private static partial Regex Template();

    [GeneratedRegex("(?<=_seconds)_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BucketSuffix();

    [GeneratedRegex(@"need `metrics\.detail: standard`: (?<names>[^.]+)\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NeedsStandard();
}
