using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests;

/// <summary>What docs/sharding.md says of Prometheus, with its own words.</summary>
public sealed class ManyExportersTests
{
    private const string Probing = "probe_endpoint: {allow: [{cidrs: [127.0.0.0/8]}]}\n";

    [Fact]
    public async Task ProbeWithHashmod_TwoExporters_EachProbesItsPart()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var first = await ExporterProcess.StartAsync(Probing);
        await using var second = await ExporterProcess.StartAsync(Probing);
        string[] targets = [.. Enumerable.Range(1, 24).Select(i => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.{i}:{server.Port}"))];
        using var directory = new TempDirectory();
        var list = directory.Write("targets.json", $"[{{\"targets\": [{string.Join(',', targets.Select(target => $"\"{target}\""))}]}}]");

        // The names of the pods are the only thing that there is no Kubernetes for.
        const string byNumber = """  - {source_labels: [__tmp_shard], regex: "(.*)", target_label: __address__, replacement: "zmq-exporter-$1.zmq-exporter:19555"}""";
        var job = Snippet("scrape_configs:\n  - job_name: zmq\n");
        Assert.Contains(byNumber, job, StringComparison.Ordinal);
        job = job["scrape_configs:\n".Length..]
            .Replace("targets/*.yml", list, StringComparison.Ordinal)
            .Replace(byNumber, string.Join("\n    ", new[] { first, second }.Select((exporter, i) => string.Create(
                CultureInfo.InvariantCulture, $"  - {{source_labels: [__tmp_shard], regex: \"{i}\", target_label: __address__, replacement: \"{exporter.Address.Authority}\"}}"))), StringComparison.Ordinal);
        await using var prometheus = await PrometheusServer.StartAsync(first.Address, scrapeConfigs: job);

        var results = await prometheus.EventuallyAsync("probe_success{job=\"zmq\"}", samples => samples.Count == targets.Length);
        Assert.Equal(targets.Order(StringComparer.Ordinal), results.Select(sample => sample.Labels["instance"]).Order(StringComparer.Ordinal));
        var probed = new List<string>();
        foreach (var exporter in new[] { first, second })
        {
            var page = await exporter.GetTextAsync("/");
            string[] own = [.. targets.Where(target => page.Contains($">{target}<", StringComparison.Ordinal))];
            Assert.NotEmpty(own);
            probed.AddRange(own);
        }

        Assert.Equal(targets.Order(StringComparer.Ordinal), probed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SeriesOfAShard_EachPrometheusOfThree_KeepsItsTargetsAndTheExporterItself()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"orders-{i.ToString(CultureInfo.InvariantCulture)}")];
        await using var exporter = await ExporterProcess.StartAsync(
            "modules:\n  ping: {prober: request, interval: 1h, send: [ping]}\ntargets:\n"
            + string.Concat(names.Select(name => $"  - {{name: {name}, endpoint: 'tcp://127.0.0.1:1', modules: [ping]}}\n")));
        var rules = Snippet("metric_relabel_configs:").TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal);
        Shard[] shards = [.. Enumerable.Range(0, 3).Select(index => new Shard(index, 3))];
        await using var prometheus = await PrometheusServer.StartAsync(exporter.Address, scrapeConfigs: string.Concat(shards.Select(shard => $"""
              - job_name: "{shard}"
                static_configs: [targets: ["{exporter.Address.Authority}"]]
                {rules.Replace("\"1\"", string.Create(CultureInfo.InvariantCulture, $"\"{shard.Index}\""), StringComparison.Ordinal)}

            """)));

        foreach (var shard in shards)
        {
            string[] own = [.. names.Where(shard.Has).Order(StringComparer.Ordinal)];
            var series = await prometheus.EventuallyAsync($"zmq_target_info{{job=\"{shard}\"}}", samples => samples.Count >= own.Length);
            Assert.Equal(own, series.Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal), StringComparer.Ordinal);
            Assert.Single(await prometheus.QueryAsync($"zmq_exporter_shards{{job=\"{shard}\"}}"));
            Assert.Empty(await prometheus.QueryAsync($"{{job=\"{shard}\",__tmp_shard!=\"\"}}"));
        }
    }

    [Fact]
    public async Task AgentWithRemoteRules_TargetIsDown_TheOtherEndPages()
    {
        using var directory = new TempDirectory();
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(peer.Endpoint));
        await using var center = await PrometheusServer.StartAsync(
            new Uri("http://127.0.0.1:1"), ruleFiles: Path.Combine(Repository.Root, "alerts", "*.rules.yml")); // it scrapes nobody who is there
        var config = Snippet("# prometheus --enable-feature=agent")
            .Replace("zmq-exporter:19555", exporter.Address.Authority, StringComparison.Ordinal)
            .Replace("https://prometheus.internal/api/v1/write", center.RemoteWrite.ToString(), StringComparison.Ordinal)
            .Replace("global: {", "global: {scrape_interval: 1s, scrape_timeout: 1s, ", StringComparison.Ordinal);
        await using var agent = ChildProcess.Start(
            "prometheus",
            ["--enable-feature=agent", $"--config.file={directory.Write("agent.yml", config)}", $"--storage.agent.path={directory.Path}/data", "--web.listen-address=127.0.0.1:0"],
            "install it with: apt-get install prometheus");

        // A server that has never answered pages nobody.
        await center.EventuallyAsync("zmq_target_state{state=\"up\"} == 1 and on (target) zmq_probe_last_success_timestamp_seconds", samples => samples.Count == 1, 2 * Eventually.Deadline);
        await peer.DisposeAsync();
        var pages = await center.EventuallyAsync("ALERTS{alertname=\"ZmqTargetDown\",alertstate=\"firing\"}", samples => samples.Count == 1, 2 * Eventually.Deadline);
        Assert.Equal(
            ("berlin", "berlin/zmq-exporter", "server"), (pages[0].Labels["cluster"], pages[0].Labels["instance"], pages[0].Labels["target"]));

        await exporter.Process.SignalAsync("KILL");
        await center.EventuallyAsync("up{cluster=\"berlin\"} == 0", samples => samples.Count == 1);
        Assert.Single(await center.QueryAsync("ALERTS{alertname=\"ZmqTargetDown\",alertstate=\"firing\"}")); // a lost exporter resolves nothing
    }

    // The example that begins so.
    private static string Snippet(string start) => Assert.Single(
        Repository.Read("docs/sharding.md").Split("```yaml\n").Skip(1).Select(part => part.Split("```")[0]),
        snippet => snippet.StartsWith(start, StringComparison.Ordinal));
}
