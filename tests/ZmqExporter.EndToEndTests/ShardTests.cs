using System.Globalization;
using System.Text.Json;
using ZmqExporter.Configuration;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>--shard</c>: several exporters with one configuration.</summary>
public sealed class ShardTests
{
    private static readonly int[] Counts = [1, 2, 3, 7, 16];

    private static readonly string[] Names =
        [.. Enumerable.Range(0, 40).Select(i => $"orders-{i.ToString(CultureInfo.InvariantCulture)}"), "Größe", "a b", "tcp://127.0.0.1:1", "x/y", "名前"];

    [Fact]
    public async Task Shards_OfSeveralNumbers_AreThoseOfPrometheusHashmodOverOurList()
    {
        var config = Config("tcp://127.0.0.1:1", "1h", Names);
        await using var whole = await ExporterProcess.StartAsync(config);
        await using var prometheus = await PrometheusServer.StartAsync(
            whole.Address, scrapeConfigs: string.Concat(Counts.SelectMany(count => Enumerable.Range(0, count).Select(index => Job(whole, new Shard(index, count))))));
        foreach (var count in Counts)
        {
            var all = new List<string>();
            foreach (var shard in Enumerable.Range(0, count).Select(index => new Shard(index, count)))
            {
                string[] ours = [.. Names.Where(shard.Has).Order(StringComparer.Ordinal)];
                await Eventually.GetAsync(
                    async () => await prometheus.TargetsAsync(shard.ToString(), "target") is var theirs && theirs.SequenceEqual(ours, StringComparer.Ordinal) ? theirs : null,
                    Eventually.Deadline,
                    () => $"Prometheus never had {string.Join(", ", ours)} in {shard}");
                all.AddRange(ours);
                if (count is 2 or 3)
                {
                    await using var exporter = await ExporterProcess.StartAsync(config, $"--shard={shard}");
                    Assert.Equal(ours, await TargetsAsync(exporter));
                }
            }

            Assert.Equal(Names.Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
        }
    }

    // Targets of the config and of a file; one file changes, and then the config.
    [Fact]
    public async Task Shards_ListAndConfigChange_EachTargetIsProbedByOne()
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var directory = new TempDirectory();
        var list = directory.Write("list.yml", List(server, Names[..20]));
        var source = $"target_files: ['{list}']\n";
        await using var first = await ExporterProcess.StartAsync(source + Config(server.Endpoint, "1s", Names[20..30]), "--shard=0/2");
        await using var second = await ExporterProcess.StartAsync(source + Config(server.Endpoint, "1s", Names[20..30]), "--shard=1/2");
        await AssertShareAsync(first, second, Names[..30]);

        File.Move(directory.Write("next", List(server, Names[5..20])), list, overwrite: true);
        await AssertShareAsync(first, second, Names[5..30]);

        foreach (var exporter in new[] { first, second })
        {
            await File.WriteAllTextAsync(exporter.ConfigFile, source + Config(server.Endpoint, "1s", Names[20..40]), TestContext.Current.CancellationToken);
            await exporter.Process.SignalAsync("HUP");
        }

        await AssertShareAsync(first, second, Names[5..40]);
        var samples = await second.ScrapeAsync();
        Assert.Equal((1, 2), (samples.Value("zmq_exporter_shard"), samples.Value("zmq_exporter_shards")));
        Assert.Equal(15, samples.Value("zmq_exporter_discovery_targets")); // of the whole list
        Assert.Contains("This is shard 1/2 of the targets", await second.GetTextAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shard_WithoutTargets_SaysSoOnceAndIsHealthy()
    {
        var empty = new Shard(Enumerable.Range(0, 16).First(index => !new Shard(index, 16).Has("orders")), 16);
        await using var exporter = await ExporterProcess.StartAsync(Config("tcp://127.0.0.1:1", "1h", "orders"), $"--shard={empty}");

        Assert.Equal(0, (await exporter.ScrapeAsync()).Value("zmq_exporter_targets"));
        using var healthy = await exporter.GetAsync("/-/healthy");
        Assert.True(healthy.IsSuccessStatusCode);
        Assert.Equal("[]", await exporter.GetTextAsync("/sd/targets"));
        var line = Assert.Single(exporter.LogLines, line => line.Contains("no target belongs to this shard", StringComparison.Ordinal));
        Assert.Contains($"shard={empty}", line, StringComparison.Ordinal);
        Assert.DoesNotContain(exporter.LogLines, other => other.Contains("level=warn", StringComparison.Ordinal));
    }

    private static async Task AssertShareAsync(ExporterProcess first, ExporterProcess second, string[] names)
    {
        string[] left = [.. names.Where(new Shard(0, 2).Has).Order(StringComparer.Ordinal)];
        string[] right = [.. names.Except(left, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        await AssertProbesAsync(first, left);
        await AssertProbesAsync(second, right);
    }

    private static async Task AssertProbesAsync(ExporterProcess exporter, string[] names)
    {
        await exporter.EventuallyAsync(samples =>
            names.SequenceEqual(samples.Find("zmq_probes_total").Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal), StringComparer.Ordinal)
            && samples.Find("zmq_target_state", ("state", "up")).All(sample => sample.Value == 1));
        Assert.Equal(names, await TargetsAsync(exporter));
    }

    private static async Task<string[]> TargetsAsync(ExporterProcess exporter)
    {
        using var json = JsonDocument.Parse(await exporter.GetTextAsync("/sd/targets"));
        return [.. json.RootElement.EnumerateArray().Select(group => group.GetProperty("labels").GetProperty("__zmq_name__").GetString()!).Order(StringComparer.Ordinal)];
    }

    // Its targets need not be scraped.
    private static string Job(ExporterProcess exporter, Shard shard) => $$"""
          - job_name: "{{shard}}"
            scrape_interval: 1h
            http_sd_configs: [{url: "{{new Uri(exporter.Address, "/sd/targets")}}"}]
            relabel_configs:
              - {source_labels: [__zmq_name__], target_label: target}
              - {source_labels: [target], modulus: {{shard.Count}}, target_label: __tmp_hash, action: hashmod}
              - {source_labels: [__tmp_hash], regex: "{{shard.Index}}", action: keep}
              - {target_label: __address__, replacement: "EXPORTER"}

        """;

    private static string Config(string endpoint, string interval, params string[] names) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        defaults: {modules: [ping], interval: {{interval}}, timeout: 1s}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
        targets:
        {{string.Join('\n', names.Select(name => $"  - {{name: '{name}', endpoint: '{endpoint}'}}"))}}

        """);

    private static string List(ServerPeer server, IEnumerable<string> names) =>
        string.Concat(names.Select(name => $"- targets: ['{server.Endpoint}']\n  labels: {{__zmq_name__: '{name}'}}\n"));
}
