using System.Text;
using System.Text.Json.Nodes;

namespace ZmqExporter.EndToEndTests.Alerts;

/// <summary>What Prometheus' own tool says of rules and dashboards that <c>zmq_exporter mixin</c> renders.</summary>
[Computes]
public sealed class MixinTests : IDisposable
{
    private const string EveryParameter = """
        selector: 'job=~".+", team!="a\\b%q: # {{x"'
        runbook_base: https://wiki.internal/zmq
        dashboard_base: https://grafana.internal/sub/
        page_base: https://zmq.internal/
        cluster_label: region
        severity_page: page
        severity_ticket: ticket
        labels: {team: 'core "x"'}
        disabled: [ZmqTargetFlapping, ZmqPublisherSilent, ZmqSubscriptionLosingMessages]
        thresholds: {mass_outage_servers: 2, mass_outage_share: 0.3, burn_rate_1h: 10.5, lost_targets_share: 0.1}
        """;

    // Both clusters have the same job, exporter and target; b is that of an outage, and what its texts say is of b.
    private const string TwoClusters = """
        rule_files: [zmq_targets.rules.yml]
        evaluation_interval: 15s
        tests:
          - interval: 15s
            input_series:
              - {series: 'up{job="j",instance="e",region="a"}', values: '1x20'}
              - {series: 'up{job="j",instance="e",region="b"}', values: '1x20'}
              - {series: 'zmq_target_info{job="j",instance="e",target="t",module="m",region="a",endpoint="tcp://a"}', values: '1x20'}
              - {series: 'zmq_target_info{job="j",instance="e",target="t",module="m",region="b",endpoint="tcp://b"}', values: '1x20'}
              - {series: 'zmq_target_state{job="j",instance="e",target="t",module="m",region="a",state="up"}', values: '1x20'}
              - {series: 'zmq_target_state{job="j",instance="e",target="t",module="m",region="a",state="down"}', values: '0x20'}
              - {series: 'zmq_target_state{job="j",instance="e",target="t",module="m",region="b",state="up"}', values: '1x9 0x10'}
              - {series: 'zmq_target_state{job="j",instance="e",target="t",module="m",region="b",state="down"}', values: '0x9 1x10'}
              - {series: 'zmq_target_failing{job="j",instance="e",target="t",module="m",region="b",reason="refused"}', values: '_x9 1x10'}
            alert_rule_test:
              - eval_time: 4m
                alertname: ZmqTargetDown
                exp_alerts:
                  - exp_labels: {severity: page, job: j, instance: e, target: t, module: m, region: b, team: 'core "x"'}
                    exp_annotations:
                      summary: A ZeroMQ server is down.
                      description: >-
                        t fails its probe "m" at tcp://b; latest reason: refused. Seen by e. Its region: b.
                      dashboard_url: https://grafana.internal/sub/d/zmq-target?var-job=j&var-instance=e&var-target=t&var-module=m
                      page_url: https://zmq.internal/targets/t/m
                      runbook_url: https://wiki.internal/zmq#zmqtargetdown
        """;

    private readonly TempDirectory _directory = new();

    /// <inheritdoc />
    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Mixin_EveryParameter_RendersWhatPrometheusReads()
    {
        await RenderAsync(EveryParameter);
        string[] rules = Directory.GetFiles(_directory.Path, "*.rules.yml");
        var operatorRules = (await File.ReadAllTextAsync(Path.Combine(_directory.Path, "prometheusrule.yaml"), TestContext.Current.CancellationToken)).Split("spec:\n")[1];

        var result = await Promtool.CheckRulesAsync([.. rules, _directory.Write("operator.yml", operatorRules.Replace("\n  ", "\n", StringComparison.Ordinal)[2..])]);
        var panels = await Promtool.CheckRulesAsync(_directory.Write("panels.yml", Panels()));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.True(panels.ExitCode == 0, panels.Output + panels.Error);

        var clusters = await Promtool.TestRulesAsync(_directory.Write("clusters.test.yml", TwoClusters));
        Assert.True(clusters.ExitCode == 0, clusters.Output + clusters.Error);
    }

    [Fact]
    public async Task Mixin_Selector_RulesPassTheirTestsWhenItMatchesAndNotOtherwise()
    {
        await RenderAsync("selector: 'job=~\".+\", missing!=\"100%\"'\ncluster_label: region\n");
        Assert.All(await Promtool.TestEachAsync([.. new[] { "pages", "subscriptions", "probe_endpoint" }.Select(CopyTest)]), verdict => Assert.Null(verdict.Failure));

        await RenderAsync("selector: 'missing=\"x\"'\n");
        Assert.NotEqual(0, (await Promtool.TestRulesAsync(CopyTest("subscriptions"))).ExitCode);
    }

    private async Task RenderAsync(string parameters)
    {
        var result = await ExporterProcess.RunAsync("mixin", "--config", _directory.Write("mixin.yml", parameters), "--out", _directory.Path);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private string CopyTest(string name) => _directory.Write(
        $"{name}.test.yml", Repository.Read($"alerts/tests/{name}.test.yml").Replace("- ../", "- ", StringComparison.Ordinal));

    // Each query of each panel as a rule; variables stand in ranges, in texts, and for numbers and a label.
    private string Panels()
    {
        var rules = new JsonArray();
        foreach (var file in Dashboard.Files)
        {
            var dashboard = Dashboard.Parse(file, File.ReadAllText(Path.Combine(_directory.Path, file)));
            foreach (var query in dashboard.Panels.SelectMany(panel => panel.Queries))
            {
                var text = new StringBuilder(query.Expression).Replace("$__rate_interval", "5m").Replace("$__range", "1h").Replace("$__interval", "1m")
                    .Replace("$rows", "50").Replace("$page", "1").Replace("$label", "module").ToString();
                rules.Add(new JsonObject { ["record"] = $"query_{rules.Count}", ["expr"] = text });
            }
        }

        Assert.True(rules.Count > 50, $"{rules.Count} queries");
        return new JsonObject { ["groups"] = new JsonArray(new JsonObject { ["name"] = "panels", ["rules"] = rules }) }.ToJsonString();
    }
}
