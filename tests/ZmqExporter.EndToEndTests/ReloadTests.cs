using System.Globalization;
using System.Net;

namespace ZmqExporter.EndToEndTests;

/// <summary>A config that changes under a running exporter.</summary>
[WaitsLong]
public sealed class ReloadTests
{
    private const string Modules =
        "modules:\n  ping: {prober: request, interval: 1s, timeout: 1s, send: [ping], expect: [{equals: pong}]}\n";

    [Fact]
    public async Task Reload_TargetsComeChangeAndGo_OnlyTheirsIsTouched()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(server, "stays", "changes", "goes"), "--web.enable-lifecycle");
        await exporter.EventuallyAsync(samples => IsUp(samples, "stays") && IsUp(samples, "changes") && IsUp(samples, "goes"));
        var before = await exporter.ScrapeAsync();

        Write(exporter, Config(server, "stays", "comes") + $"  - {{name: changes, endpoint: '{server.Endpoint}', modules: [ping], interval: 2s}}\n");
        var (status, words) = await PostAsync(exporter);

        Assert.Equal((HttpStatusCode.OK, "reloaded: of the pairs of a target and a module 1 added, 1 changed, 1 removed, 1 unchanged\n"), (status, words));
        var after = await exporter.ScrapeAsync();
        Assert.DoesNotContain("target=\"goes\"", await exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
        Assert.True(after.Value("zmq_probes_total", ("target", "changes")) >= before.Value("zmq_probes_total", ("target", "changes")));
        Assert.Equal(2, after.Value("zmq_target_interval_seconds", ("target", "changes")));
        Assert.Equal(0, after.Value("zmq_target_state", ("target", "changes"), ("state", "unknown"))); // the state stays
        await exporter.EventuallyAsync(samples => IsUp(samples, "comes"));
        after = await exporter.EventuallyAsync(samples => samples.Value("zmq_connection_events_total", ("target", "changes"), ("event", "connected")) >= 2);
        Assert.Equal(1, after.Value("zmq_connection_events_total", ("target", "stays"), ("event", "connected")));
    }

    // What is there may be no file, or a file that nobody can read as a configuration, or one that names what is gone.
    [Theory]
    [InlineData("gone")]
    [InlineData("directory")]
    [InlineData("too large")]
    [InlineData("UTF-16")]
    [InlineData("not text")]
    [InlineData("secret gone")]
    [InlineData("undefined variable")]
    [InlineData("descriptors")]
    public async Task Reload_Unusable_DisturbsNoTarget(string kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(server, "stays"), "--web.enable-lifecycle");
        await exporter.EventuallyAsync(samples => IsUp(samples, "stays"));
        var before = await exporter.ScrapeAsync();
        var file = exporter.ConfigFile;
        File.Delete(file);
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(file);
                break;
            case "too large":
                File.WriteAllText(file, new string('#', 17 << 20));
                break;
            case "UTF-16":
                File.WriteAllText(file, Config(server, "other"), System.Text.Encoding.Unicode);
                break;
            case "not text":
                File.WriteAllBytes(file, [0xff, 0x00, 0x80]);
                break;
            case "secret gone":
                File.WriteAllText(file, Config(server, "other").Replace("send: [ping]", "send: [ping], security: {mechanism: plain, username: u, password_file: nowhere}", StringComparison.Ordinal));
                break;
            case "undefined variable":
                File.WriteAllText(file, Config(server, "other") + "state_file: ${NO_SUCH_VARIABLE}\n");
                break;
            case "descriptors": // what this process cannot run
                File.WriteAllText(file, Modules + "targets:\n" + string.Concat(Enumerable.Range(1, 200_000).Select(i => $"- {{name: n{i.ToString(CultureInfo.InvariantCulture)}, endpoint: '{server.Endpoint}', modules: [ping], client: netmq}}\n")));
                break;
        }

        Assert.Equal(HttpStatusCode.InternalServerError, (await PostAsync(exporter)).Status);

        var after = await exporter.EventuallyAsync(samples => samples.Value("zmq_probes_total") > before.Value("zmq_probes_total"));
        Assert.Equal(0, after.Value("zmq_exporter_config_last_reload_successful"));
        Assert.Equal(1, after.Value("zmq_connection_events_total", ("target", "stays"), ("event", "connected")));
        Assert.Equal((0, 0), (after.Value("zmq_probe_misses_total"), after.Value("zmq_exporter_probes_skipped_total")));
        Assert.Equal(1, after.Value("zmq_exporter_targets"));
        Assert.True(IsUp(after, "stays"));
    }

    [Theory]
    [InlineData("targets: [{name: a, endpoint: 'tcp://127.0.0.1', modules: [ping]}, {name: b, modules: [no_such]}]\n", "targets[0].endpoint", "targets[1].endpoint")]
    [InlineData("targets: {\n", "zmq_exporter.yml:")]
    [InlineData("", "zmq_exporter.yml")]
    public async Task Reload_BadConfig_ChangesNothingAndSaysAllThatIsWrong(string config, params string[] expected)
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(server, "stays"), "--web.enable-lifecycle");
        await exporter.EventuallyAsync(samples => IsUp(samples, "stays"));

        Write(exporter, config);
        await PostAsync(exporter);
        var (status, words) = await PostAsync(exporter);

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        var errors = 2 * words.Trim().Split('\n').Length; // each of them, each time
        await Eventually.TrueAsync(
            () => exporter.LogLines.Count(line => line.Contains("msg=\"config error\"", StringComparison.Ordinal)) == errors, "all errors are in the log");
        Assert.All(expected, part => Assert.Contains(part, words, StringComparison.Ordinal));
        var check = await ExporterProcess.RunAsync("check-config", exporter.ConfigFile);
        Assert.Equal(check.Error.Trim(), words.Trim());
        var samples = await exporter.ScrapeAsync();
        Assert.Equal(0, samples.Value("zmq_exporter_config_last_reload_successful"));
        Assert.True(IsUp(samples, "stays"));

        Write(exporter, Config(server, "stays"));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(exporter)).Status);
        Assert.Equal(1, (await exporter.ScrapeAsync()).Value("zmq_exporter_config_last_reload_successful"));
    }

    [Fact]
    public async Task Reload_WithoutTheFlagOrFromAWebPage_IsRefused()
    {
        await using var plain = await ExporterProcess.StartAsync(Configs.Nothing);
        var (status, words) = await PostAsync(plain);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("--web.enable-lifecycle", words, StringComparison.Ordinal);

        await using var enabled = await ExporterProcess.StartAsync(Configs.Nothing, "--web.enable-lifecycle");
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(enabled, "http://elsewhere.example")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(enabled, enabled.Address.GetLeftPart(UriPartial.Authority))).Status); // a name of its own for us
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(enabled)).Status);
        using var get = await enabled.GetAsync("/-/reload");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    // As Kubernetes mounts a ConfigMap, and as editors and configuration managers replace a file; and a secret that lies beside it.
    [Fact]
    public async Task AutoReload_FilesAreReplaced_IsReloadedEachTime()
    {
        using var mount = new TempDirectory();
        Publish(mount, "v1", Configs.Nothing);
        File.CreateSymbolicLink(Path.Combine(mount.Path, "zmq.yml"), "..data/zmq.yml");
        await using var process = ExporterProcess.StartProcess(
            ["--config.file", Path.Combine(mount.Path, "zmq.yml"), "--web.listen-address", "127.0.0.1:0", "--config.auto-reload"]);
        await process.WaitForLineAsync("msg=\"listening\"");

        const string secured = "modules: {m: {prober: request, send: [a], security: {mechanism: plain, username: u, password_file: password}}}\n"
            + "targets: [{name: a, endpoint: 'tcp://127.0.0.1:1', modules: [m]}]\n";
        File.WriteAllText(Path.Combine(mount.Path, "password"), "one");
        Publish(mount, "v2", secured);
        await process.WaitForLineAsync("msg=\"config reloaded\" cause=\"changed files\" added=1");

        var next = Path.Combine(mount.Path, "password.new");
        File.WriteAllText(next, "another");
        File.Move(next, Path.Combine(mount.Path, "password"), overwrite: true);
        await process.WaitForLineAsync("msg=\"config reloaded\" cause=\"changed files\" added=0 changed=1");
    }

    // A storm of reloads while everything is probed: what does not change must not notice.
    [Fact]
    public async Task Reload_HundredsOfTimesUnderLoad_SkipsNothingOfWhatStaysAndLeaksNothing()
    {
        const int reloads = 300;
        await using var server = await PythonPeer.StartRepAsync();
        string[] names = [.. Enumerable.Range(0, 1_000).Select(i => $"stays-{i.ToString(CultureInfo.InvariantCulture)}")];
        await using var exporter = await ExporterProcess.StartAsync(Slower(Config(server, names)), "--web.enable-lifecycle");
        await exporter.EventuallyAsync(samples => names.All(name => IsUp(samples, name)));
        var before = await exporter.ScrapeAsync();
        for (var i = 0; i < reloads; i++)
        {
            Write(exporter, Slower(Config(server, i % 2 == 0 ? [.. names, "comes"] : names)));
            Assert.Equal(HttpStatusCode.OK, (await PostAsync(exporter)).Status);
        }

        var after = await exporter.ScrapeAsync();
        Assert.Equal(before.Value("zmq_exporter_probes_skipped_total"), after.Value("zmq_exporter_probes_skipped_total"));
        Assert.All(names, name =>
        {
            Assert.Equal(Connects(before, name), Connects(after, name)); // a thousand at once may have been too many for the server at the start
            Assert.Equal(before.Value("zmq_probe_misses_total", ("target", name)), after.Value("zmq_probe_misses_total", ("target", name)));
            Assert.True(after.Value("zmq_probes_total", ("target", name)) > before.Value("zmq_probes_total", ("target", name)));
        });
        Assert.DoesNotContain("target=\"comes\"", await exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
        await exporter.EventuallyAsync(samples => samples.Value("process_open_fds") <= before.Value("process_open_fds") + 10);
    }

    // So that a machine that is busy otherwise has time for each.
    private static string Slower(string config) => config.Replace("interval: 1s", "interval: 2s", StringComparison.Ordinal).Replace("timeout: 1s", "timeout: 2s", StringComparison.Ordinal);

    private static double? Connects(MetricSamples samples, string target) => samples.Value("zmq_connection_events_total", ("target", target), ("event", "connected"));

    private static bool IsUp(MetricSamples samples, string target) => samples.Value("zmq_target_state", ("target", target), ("state", "up")) == 1;

    private static string Config(ServerPeer server, params string[] names) =>
        Modules + "targets:\n" + string.Concat(names.Select(name => $"  - {{name: {name}, endpoint: '{server.Endpoint}', modules: [ping]}}\n"));

    // All at once, as everybody should replace a file.
    private static void Write(ExporterProcess exporter, string config)
    {
        File.WriteAllText(exporter.ConfigFile + ".new", config);
        File.Move(exporter.ConfigFile + ".new", exporter.ConfigFile, overwrite: true);
    }

    private static void Publish(TempDirectory mount, string version, string config)
    {
        Directory.CreateDirectory(Path.Combine(mount.Path, version));
        File.WriteAllText(Path.Combine(mount.Path, version, "zmq.yml"), config);
        var link = Path.Combine(mount.Path, "..data");
        File.Delete(link);
        File.CreateSymbolicLink(link, version);
    }

    private static async Task<(HttpStatusCode Status, string Words)> PostAsync(ExporterProcess exporter, string? origin = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(exporter.Address, "/-/reload"));
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
