using System.Text.Json;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>zmq_exporter probe TARGET</c> and <c>--all</c>: each target with its own settings, against real libzmq.</summary>
public sealed class ProbeTargetTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task Probe_NameOfATarget_HasItsOwnTimeoutAndEachOfItsModules()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("hang");
        var config = Config(Target("orders", peer.Endpoint, "[ping, transport]", "timeout: 700ms"));

        var both = await ExporterProcess.RunAsync("probe", "orders", "--config.file", config);
        var one = await ExporterProcess.RunAsync("probe", "orders", "--config.file", config, "--module", "transport");
        var longer = await ExporterProcess.RunAsync("probe", "orders", "--config.file", config, "--module", "ping", "--timeout", "900ms");

        Assert.Equal(2, both.ExitCode);
        Assert.Contains($"orders: {peer.Endpoint} (module ping: request, timeout 700.0 ms)\n", both.Output, StringComparison.Ordinal);
        Assert.Contains("no reply within 0.7 s", both.Output, StringComparison.Ordinal);
        Assert.Contains($"orders: {peer.Endpoint} (module transport: handshake, timeout 700.0 ms)\n", both.Output, StringComparison.Ordinal);
        Assert.Contains("\n2 probes: 1 OK, 0 late, 1 missed", both.Output, StringComparison.Ordinal);
        Assert.Equal(0, one.ExitCode);
        Assert.DoesNotContain("module ping", one.Output, StringComparison.Ordinal);
        Assert.Contains("no reply within 0.9 s", longer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_TargetWithSecurity_UsesItsCredentials()
    {
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--plain", $"{Credentials.User}:{Credentials.Password}");
        var config = Config(Target("orders", peer.Endpoint, "[plain]"));

        var named = await ExporterProcess.RunAsync("probe", "orders", "--config.file", config);
        var byEndpoint = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--config.file", config);
        var bare = await ExporterProcess.RunAsync("probe", peer.Endpoint);

        Assert.True(named.ExitCode == 0, named.Output + named.Error);
        Assert.True(byEndpoint.ExitCode == 0, byEndpoint.Output + byEndpoint.Error);
        Assert.StartsWith("orders: ", byEndpoint.Output, StringComparison.Ordinal);
        Assert.Equal(2, bare.ExitCode);
    }

    [Fact]
    public async Task Probe_NameOfADiscoveredTarget_IsFoundInFilesAndAtUrls()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var lists = await TargetListServer.StartAsync();
        lists.Answer = context => TargetListServer.WriteAsync(context, $$"""[{"labels": {"__zmq_name__": "of-url", "__zmq_modules__": "ping"}, "targets": ["{{peer.Endpoint}}"]}]""");
        _directory.Write("list.yml", $"- targets: [\"{peer.Endpoint}\"]\n  labels: {{__zmq_name__: of-file, __zmq_modules__: ping, __zmq_timeout__: 1500ms}}\n");
        var config = Config($"target_files: [list.yml]\ntarget_urls: [{{url: \"{lists.Url}\"}}]\n");

        var ofFile = await ExporterProcess.RunAsync("probe", "of-file", "--config.file", config);
        var ofUrl = await ExporterProcess.RunAsync("probe", "of-url", "--config.file", config);

        Assert.True(ofFile.ExitCode == 0, ofFile.Output + ofFile.Error);
        Assert.Contains("timeout 1.50 s", ofFile.Output, StringComparison.Ordinal);
        Assert.True(ofUrl.ExitCode == 0, ofUrl.Output + ofUrl.Error);
    }

    [Fact]
    public async Task Probe_All_IsATableInTheOrderOfTheConfigurationAndTheWorstTells()
    {
        await using var good = await PythonPeer.StartRepAsync();
        await using var slow = await PythonPeer.StartRepAsync();
        await slow.CommandAsync("delay 700");
        var well = Config(Target("late", slow.Endpoint, "[ping]"), Target("orders", good.Endpoint, "[ping, transport]"));
        var late = await ExporterProcess.RunAsync("probe", "--all", "--config.file", well);
        var bad = await ExporterProcess.RunAsync(
            "probe", "--all", "--config.file", Config(Target("dead", "tcp://127.0.0.1:1", "[ping]"), Target("orders", good.Endpoint, "[ping, transport]")));

        Assert.True(late.ExitCode == 1, late.Output + late.Error);
        var lines = late.Output.Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Matches("^TARGET +MODULE +RESULT +ROUND TRIP +WHY$", lines[0]);
        Assert.Matches("^late +ping +LATE +[0-9.]+ m?s  .*which is late: the limit is 0.5 s", lines[1]);
        Assert.Matches("^orders +ping +OK +[0-9.]+ m?s$", lines[2]);
        Assert.Matches("^orders +transport +OK +[0-9.]+ m?s$", lines[3]);
        Assert.StartsWith("3 probes: 2 OK, 1 late, 0 missed; round trip min ", lines[4], StringComparison.Ordinal);
        Assert.Equal(2, bad.ExitCode);
        Assert.Matches("(?m)^dead +ping +FAILED +-  refused: nothing listens on 127.0.0.1:1 ", bad.Output);
    }

    [Fact]
    public async Task Probe_AllOfOneServer_AskOneAfterTheOther()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("delay 300"); // four at once would wait for each other, and the second be late already
        var config = Config([.. Enumerable.Range(0, 4).Select(number => Target($"t{number}", peer.Endpoint, "[ping]"))]);

        var result = await ExporterProcess.RunAsync("probe", "--all", "--config.file", config);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Probe_AllWithSilentServers_WaitForThemAtTheSameTime()
    {
        // One after the other they would take longer than a test waits.
        RawPeer[] silent = [.. Enumerable.Range(0, 40).Select(_ => RawPeer.Silent())];
        try
        {
            var config = Config([.. silent.Select((peer, number) => Target($"t{number}", peer.Endpoint, "[ping]", "timeout: 5s"))]);

            var result = await ExporterProcess.RunAsync("probe", "--all", "--config.file", config);

            Assert.Equal(2, result.ExitCode);
            Assert.Contains("40 probes: 0 OK, 0 late, 40 missed", result.Output, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var peer in silent)
            {
                await peer.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Probe_AllEndedByASignal_TellsWhatIsMissing()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var silent = RawPeer.Silent();
        var config = Config(Target("orders", peer.Endpoint, "[ping]"), Target("mute", silent.Endpoint, "[ping]", "interval: 1h, timeout: 30m"));
        await using var process = ExporterProcess.StartProcess(["probe", "--all", "--config.file", config]);
        await process.WaitForLineAsync("^orders +ping +OK ");

        await process.SignalAsync("INT");

        Assert.Equal(3, await process.WaitForExitAsync());
        Assert.Matches("^1 probe: 1 OK, 0 late, 0 missed; .*; ended by a signal, and 1 of 2 are missing$", process.Output[^1]);
    }

    [Fact]
    public async Task Probe_AllAsJsonAndForNagios_HaveEachTargetByItsName()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        var config = Config(Target("orders", peer.Endpoint, "[ping]"), Target("dead", "tcp://127.0.0.1:1", "[ping]"));

        var json = await ExporterProcess.RunAsync("probe", "--all", "--json", "--config.file", config);
        var nagios = await ExporterProcess.RunAsync("probe", "--all", "--nagios", "--config.file", config);

        Assert.Equal((2, 2), (json.ExitCode, nagios.ExitCode));
        Assert.Equal(
            ["orders ok 0", "dead failed 2"],
            json.Output.Split('\n').Select(line =>
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                return $"{root.GetProperty("target").GetString()} {root.GetProperty("outcome").GetString()} {root.GetProperty("exit_code").GetInt32()}";
            }),
            StringComparer.Ordinal);
        var lines = nagios.Output.Split('\n');
        Assert.Equal("FAILED: 2 probes: 1 OK, 0 late, 1 missed: dead/ping (refused) | ok=1 late=0 failed=1 unknown=0", lines[0]);
        Assert.StartsWith("orders/ping OK: ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("dead/ping FAILED (refused): ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_AllWithABrokenList_ProbesTheOthersAndSaysThatSomeMayBeMissing()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        _directory.Write("list.yml", "- targets: [127.0.0.1:5]\n");
        var config = Config("target_files: [list.yml]\n", Target("orders", peer.Endpoint, "[ping]"));

        var result = await ExporterProcess.RunAsync("probe", "--all", "--config.file", config);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("list.yml:1:13: [0].targets[0]: an endpoint starts with its transport", result.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^orders +ping +OK ", result.Output);
        Assert.EndsWith("; a list of targets has errors, so that some may be missing", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_Full_ShowsFramesToTheirLastByte()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync($"reply {new string('x', 3000)}end");

        var brief = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping");
        var full = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping", "--full");

        Assert.Contains($"< \"{new string('x', 48)}…\"", brief.Output, StringComparison.Ordinal);
        Assert.Contains($"< \"{new string('x', 3000)}end\"", full.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_HexOnTheCommandLine_IsSentAsBytes()
    {
        await using var peer = await PythonPeer.StartAsync("echo.py");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "hex:04 00 ff", "--expect", "hex:0400ff");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("> \"\\x04\\x00\\xff\"", result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static string Target(string name, string endpoint, string modules, string more = "") =>
        $"  - {{name: {name}, endpoint: \"{endpoint}\", modules: {modules}{(more.Length == 0 ? "" : $", {more}")}}}\n";

    // Lines that begin with a hyphen are targets.
    private string Config(params string[] parts)
    {
        var targets = parts.Where(part => part.StartsWith("  -", StringComparison.Ordinal)).ToList();
        return _directory.Write(
            $"{Guid.NewGuid():N}.yml",
            $"""
            modules:
              ping: {"{prober: request, send: [ping], expect: [{equals: pong}]}"}
              plain: {"{"}extends: ping, security: {Credentials.Right("plain")}{"}"}

            """
            + string.Concat(parts.Except(targets, StringComparer.Ordinal))
            + (targets.Count == 0 ? "" : $"targets:\n{string.Concat(targets)}"));
    }
}
