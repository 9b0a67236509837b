using System.Text.Json;
using YamlDotNet.Serialization;

namespace ZmqExporter.EndToEndTests;

/// <summary>The Prometheus Operator's manifests of deploy/kubernetes/probe-endpoint, as the jobs that the Operator makes of them, in a real Prometheus.</summary>
public sealed class OperatorManifestTests
{
    private const string Service = "zmq-exporter.zmq-exporter.svc:19555";

    [Fact]
    public async Task Probe_AsTheOperatorRendersIt_ProbesItsTargets()
    {
        var spec = Spec("probe.yml", "Probe", "monitoring.coreos.com/v1");
        var prober = spec.GetProperty("prober");
        Assert.Equal(Service, prober.GetProperty("url").GetString());
        var targets = spec.GetProperty("targets").GetProperty("staticConfig");

        // The Operator's own relabelling of a Probe.
        await AssertProbesAsync($$"""
              - job_name: {{spec.GetProperty("jobName").GetString()}}
                metrics_path: {{prober.GetProperty("path").GetString()}}
                params: {module: ["{{spec.GetProperty("module").GetString()}}"]}
                static_configs: [{targets: TARGETS, labels: {{targets.GetProperty("labels").GetRawText()}}}]
                relabel_configs:
                  - {source_labels: [__address__], target_label: __param_target}
                  - {source_labels: [__param_target], target_label: instance}
                  - {target_label: __address__, replacement: "{{Service}}"}
            """, targets.GetProperty("static"));
    }

    [Fact]
    public async Task ScrapeConfig_AsTheOperatorRendersIt_ProbesItsTargets()
    {
        var spec = Spec("scrapeconfig.yml", "ScrapeConfig", "monitoring.coreos.com/v1alpha1");
        var config = Assert.Single(spec.GetProperty("staticConfigs").EnumerateArray());
        var relabelings = spec.GetProperty("relabelings").GetRawText()
            .Replace("sourceLabels", "source_labels", StringComparison.Ordinal)
            .Replace("targetLabel", "target_label", StringComparison.Ordinal);

        await AssertProbesAsync($$"""
              - job_name: zmq
                metrics_path: {{spec.GetProperty("metricsPath").GetString()}}
                params: {{spec.GetProperty("params").GetRawText()}}
                static_configs: [{targets: TARGETS, labels: {{config.GetProperty("labels").GetRawText()}}}]
                relabel_configs: {{relabelings}}
            """, config.GetProperty("targets"));
    }

    private static async Task AssertProbesAsync(string job, JsonElement targets)
    {
        Assert.Equal(2, targets.GetArrayLength());
        Assert.All(targets.EnumerateArray(), target => Assert.StartsWith("tcp://", target.GetString(), StringComparison.Ordinal));
        await using var first = await PythonPeer.StartRepAsync();
        await using var second = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync("probe_endpoint: {allow: [{cidrs: [127.0.0.1]}]}\n");
        var text = job.Replace("TARGETS", $"[\"{first.Endpoint}\", \"{second.Endpoint}\"]", StringComparison.Ordinal).Replace(Service, "EXPORTER", StringComparison.Ordinal);
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, scrapeConfigs: text);

        foreach (var endpoint in new[] { first.Endpoint, second.Endpoint })
        {
            await prometheus.EventuallyAsync($"probe_success{{job=\"zmq\",instance=\"{endpoint}\",team=\"trading\"}} == 1", samples => samples.Count == 1);
        }
    }

    private static JsonElement Spec(string file, string kind, string version)
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(Repository.Read($"deploy/kubernetes/probe-endpoint/{file}"));
        using var json = JsonDocument.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml!));
        var root = json.RootElement.Clone();
        Assert.Equal((kind, version), (root.GetProperty("kind").GetString(), root.GetProperty("apiVersion").GetString()));
        return root.GetProperty("spec");
    }
}
