using System.Globalization;
using System.Text.Json;

namespace ZmqExporter.EndToEndTests;

/// <summary>Targets from files and URLs that change under a running exporter.</summary>
public sealed class DiscoveryTests : IDisposable
{
    private const string Modules = """
        defaults: {modules: [ping], labels: {env: test}}
        modules:
          ping: {prober: request, interval: 1s, timeout: 1s, send: [ping], expect: [{equals: pong}]}

        """;

    private readonly TempDirectory _targets = new();

    public void Dispose() => _targets.Dispose();

    // Fifty servers in two data centres: one moves, one is renamed, one is removed, one file breaks and is mended.
    [Fact]
    public async Task Files_FiftyTargetsChangeOneByOne_TheOthersNoticeNothing()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var elsewhere = await PythonPeer.StartRepAsync();
        string[] berlin = [.. Enumerable.Range(1, 25).Select(i => Name("berlin", i))];
        string[] paris = [.. Enumerable.Range(1, 25).Select(i => Name("paris", i))];
        Write("berlin.yml", Yaml(server, berlin));
        Write("paris.json", Json(server, paris));
        await using var exporter = await ExporterProcess.StartAsync(Config("berlin.yml", "*.json"));
        await exporter.EventuallyAsync(samples => berlin.Concat(paris).All(name => IsUp(samples, name)));
        var before = await exporter.ScrapeAsync();

        // The first of them moves to another host and the second to another data centre, the third is renamed, the fourth is gone.
        Write("berlin.yml", Yaml(elsewhere, berlin[..1]) + Yaml(server, ["renamed", .. berlin[4..]]));
        Write("paris.json", Json(server, [.. paris, berlin[1]]));
        await exporter.Process.WaitForLineAsync("msg=\"targets changed\" cause=\"changed files\" added=1 changed=1 removed=2 unchanged=47");
        var after = await exporter.EventuallyAsync(samples => IsUp(samples, "renamed"));

        string[] stay = [berlin[1], .. berlin[4..], .. paris];
        AssertUntouched(before, after, stay);
        Assert.All(berlin[2..4], name => Assert.Empty(after.Find("zmq_probes_total", ("target", name))));
        Assert.True(IsUp(after, berlin[0])); // its state stays, and so do its counters
        Assert.True(after.Value("zmq_probes_total", ("target", berlin[0])) >= before.Value("zmq_probes_total", ("target", berlin[0])));
        Assert.Equal(elsewhere.Endpoint, Assert.Single(after.Find("zmq_target_info", ("target", berlin[0]))).Labels["endpoint"]);
        Assert.Equal("test", Assert.Single(after.Find("zmq_target_info", ("target", "renamed"))).Labels["env"]);

        Write("berlin.yml", "- targets: [tcp://127.0.0.1\n");
        var broken = await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_discovery_last_refresh_successful", ("source", Source("berlin.yml"))) == 0);
        Assert.Equal(1, broken.Value("zmq_exporter_discovery_last_refresh_successful", ("source", Source("*.json"))));
        Assert.Equal(49, broken.Value("zmq_exporter_targets"));
        Write("berlin.yml", Yaml(elsewhere, berlin[..1]) + Yaml(server, ["renamed", .. berlin[4..], "new"]));
        var mended = await exporter.EventuallyAsync(samples => IsUp(samples, "new"));

        AssertUntouched(after, mended, [.. stay, "renamed"]);
        Assert.Equal(1, mended.Value("zmq_exporter_discovery_last_refresh_successful", ("source", Source("berlin.yml"))));
        Assert.Equal(1, mended.Value("zmq_exporter_discovery_failures_total", ("source", Source("berlin.yml"))));
        Assert.Equal("", (await Promtool.CheckMetricsAsync(mended.Text)).Error);
    }

    // Whoever may write into the directory can make one, and to open it would wait for somebody who writes into it.
    [Fact]
    public async Task Files_OneIsAPipe_TheOthersAreFollowedAndReloadsWork()
    {
        await using var server = await PythonPeer.StartRepAsync();
        Write("a.yml", Yaml(server, ["a"]));
        await using var exporter = await ExporterProcess.StartAsync(Config("*.yml"), "--web.enable-lifecycle");
        await using (var mkfifo = ChildProcess.Start("mkfifo", [Path.Combine(_targets.Path, "pipe.yml")], "it is in coreutils"))
        {
            Assert.Equal(0, await mkfifo.WaitForExitAsync());
        }

        Write("b.yml", Yaml(server, ["b"]));
        await exporter.EventuallyAsync(samples => IsUp(samples, "a") && IsUp(samples, "b"));
        await File.AppendAllTextAsync(exporter.ConfigFile, "targets: [{name: own, endpoint: 'tcp://127.0.0.1:1'}]\n", TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(exporter.Address, "/-/reload"), null, TestContext.Current.CancellationToken);
        Assert.Contains(" 1 added, 0 changed, 0 removed, 2 unchanged", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync());
        Assert.Contains(exporter.LogLines, line => line.Contains("msg=\"stopped\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Urls_ListBreaksAndAnotherExporterReadsOurs_BothProbeTheSame()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var lists = await TargetListServer.StartAsync();
        var list = Json(server, ["one", "two"]);
        lists.Answer = context => TargetListServer.WriteAsync(context, list);
        await using var first = await ExporterProcess.StartAsync($"{Modules}target_urls: [{{url: '{lists.Url}', refresh_interval: 1s}}]\n");
        await first.EventuallyAsync(samples => IsUp(samples, "one") && IsUp(samples, "two"));

        var url = new Uri(first.Address, "/sd/targets");
        await using var second = await ExporterProcess.StartAsync($"{Modules}target_urls: [{{url: '{url}', refresh_interval: 1s}}]\n");
        await second.EventuallyAsync(samples => IsUp(samples, "one") && IsUp(samples, "two"));
        Assert.Equal(await first.GetTextAsync("/sd/targets"), await second.GetTextAsync("/sd/targets"));

        list = "<html>";
        await first.EventuallyAsync(samples => samples.Value("zmq_exporter_discovery_failures_total") >= 2);
        var samples = await first.ScrapeAsync();
        Assert.Equal(2, samples.Value("zmq_exporter_targets"));
        Assert.Equal(1, samples.Value("zmq_connection_events_total", ("target", "one"), ("event", "connected")));

        list = Json(server, ["two", "three"]);
        await second.EventuallyAsync(found => IsUp(found, "three") && found.Find("zmq_probes_total", ("target", "one")).Count == 0);
    }

    // Prometheus itself takes our list, and what it calls the address is what /probe wants.
    [Fact]
    public async Task SdTargets_PrometheusDiscoversThem_AreItsTargets()
    {
        Write("a.yml", "- targets: [tcp://orders.internal:5555]\n  labels: {__zmq_name__: orders, team: trading}\n");
        await using var exporter = await ExporterProcess.StartAsync(Config("a.yml"));
        var config = _targets.Write(
            "prometheus.yml",
            $$"""
            scrape_configs:
              - job_name: zmq
                http_sd_configs: [{url: "{{new Uri(exporter.Address, "/sd/targets")}}"}]
                relabel_configs:
                  - {source_labels: [__address__], target_label: __param_target}
                  - {source_labels: [__zmq_name__], target_label: server}
                  - {target_label: __address__, replacement: "exporter:19555"}
            """);

        var found = await Promtool.DiscoverAsync(config, "zmq");

        Assert.Equal((0, ""), (found.ExitCode, found.Error));
        using var json = JsonDocument.Parse(found.Output);
        var labels = Assert.Single(json.RootElement.EnumerateArray()).GetProperty("labels");
        Assert.Equal("tcp://orders.internal:5555", labels.GetProperty("__param_target").GetString());
        Assert.Equal("orders", labels.GetProperty("server").GetString());
        Assert.Equal("trading", labels.GetProperty("team").GetString());
    }

    [Fact]
    public async Task CheckConfig_FilesWithErrors_AreAllPrinted()
    {
        Write("a.yml", "- targets: [orders:5555]\n");
        Write("b.yml", "- targets: [tcp://a:1]\n  labels: {__zmq_modules__: pong}\n- targets: [tcp://b:1]\n");
        using var directory = new TempDirectory();
        var config = directory.Write("zmq.yml", Config("*.yml"));

        var bad = await ExporterProcess.RunAsync("check-config", config);
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains("a.yml:1:13: [0].targets[0]: an endpoint starts with its transport; write tcp://orders:5555", bad.Error, StringComparison.Ordinal);
        Assert.Contains("b.yml:2:29: [0].labels.__zmq_modules__: there is no module \"pong\"", bad.Error, StringComparison.Ordinal);

        Write("a.yml", "- targets: [tcp://b:1]\n");
        Write("b.yml", "- targets: [tcp://b:1]\n");
        var same = await ExporterProcess.RunAsync("check-config", config);
        Assert.Contains($"b.yml:1:13: the name \"tcp://b:1\" is taken by the target at {Source("a.yml")}:1:13", same.Error, StringComparison.Ordinal);

        Write("b.yml", "- targets: [tcp://c:1]\n  labels: {__zmq_module__: ping}\n");
        var mistyped = await ExporterProcess.RunAsync("check-config", config);
        Assert.Equal(0, mistyped.ExitCode);
        Assert.StartsWith($"{Source("b.yml")}:2:12: warning: [0].labels.__zmq_module__: an unknown label, which is dropped; did you mean __zmq_modules__?", mistyped.Error, StringComparison.Ordinal);

        File.Delete(Source("b.yml"));
        Assert.EndsWith("ok, 1 module, 1 target", (await ExporterProcess.RunAsync("check-config", config)).Output.Trim(), StringComparison.Ordinal);
    }

    private static void AssertUntouched(MetricSamples before, MetricSamples after, string[] names) => Assert.All(names, name =>
    {
        Assert.Equal(1, after.Value("zmq_connection_events_total", ("target", name), ("event", "connected")));
        Assert.True(IsUp(after, name));
        Assert.True(after.Value("zmq_probes_total", ("target", name)) >= before.Value("zmq_probes_total", ("target", name)));
        Assert.Equal(before.Value("zmq_probe_misses_total", ("target", name)), after.Value("zmq_probe_misses_total", ("target", name)));
    });

    private static bool IsUp(MetricSamples samples, string target) => samples.Value("zmq_target_state", ("target", target), ("state", "up")) == 1;

    private static string Name(string site, int number) => $"{site}-{number.ToString(CultureInfo.InvariantCulture)}";

    private static string Yaml(ServerPeer server, IEnumerable<string> names) =>
        string.Concat(names.Select(name => $"- targets: ['{server.Endpoint}']\n  labels: {{__zmq_name__: {name}}}\n"));

    private static string Json(ServerPeer server, IEnumerable<string> names) =>
        $"[{string.Join(",\n ", names.Select(name => $"{{\"targets\": [\"{server.Endpoint}\"], \"labels\": {{\"__zmq_name__\": \"{name}\"}}}}"))}]";

    private string Config(params string[] files) => $"{Modules}target_files: [{string.Join(", ", files.Select(file => $"'{Source(file)}'"))}]\n";

    private string Source(string file) => Path.Combine(_targets.Path, file);

    // As everybody should replace a file.
    private void Write(string file, string text) => File.Move(_targets.Write("next", text), Source(file), overwrite: true);
}
