using System.Globalization;
using System.Text.Json;
using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests.Loops;

/// <summary><c>prober: loop</c> through proxies on libzmq that do well, or go wrong in one way.</summary>
public sealed class LoopTests
{
    private const string Modules = """
        defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 600ms}}
        modules:
          bulk: {extends: proxy_loop, messages: 1000}
          long: {extends: proxy_loop, messages: 5000}
          few: {extends: proxy_loop, messages: 10}
          lossy: {extends: proxy_loop, messages: 100, max_lost: 5}
          renewed: {extends: proxy_loop, max_connection_age: 1s}
          patient: {extends: proxy_loop, timeout: 10s, interval: 10s}
          pipeline: {prober: loop, path: push_pull, messages: 20, exclusive: true}
          queue: {prober: loop, path: queue, messages: 5, exclusive: true, timeout: 5s, interval: 5s}

        """;

    [Theory]
    [InlineData("pubsub", "proxy_loop", 1)]
    [InlineData("pubsub", "bulk", 1000)]
    [InlineData("push_pull", "pipeline", 20)]
    [InlineData("queue", "queue", 5)]
    public async Task Serve_HealthyProxy_IsUpAndCountsEachMessage(string kind, string module, int messages)
    {
        await using var proxy = await PythonPeer.StartAsync("loop_proxy.py", "--kind", kind);
        await using var exporter = await StartAsync(proxy, module);

        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus") is { State: "up", Probes: >= 3 } && Count(samples, "messages") >= 3 * messages);

        Assert.Equal((0, 0, 0), Faults(samples));
        Assert.Equal(0, Count(samples, "messages") % messages);
        Assert.Equal((1, 1, 1), TargetView.Of(samples, "bus").Answers);
        var detail = JsonDocument.Parse(await exporter.GetTextAsync($"/api/v1/targets/bus/{module}")).RootElement;
        Assert.True(detail.GetProperty("loop").GetProperty("messages").GetInt64() >= 3 * messages);
        Assert.Contains("Came out of order", await exporter.GetTextAsync($"/targets/bus/{module}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "pubsub")]
    [InlineData("curve", "pubsub")]
    [InlineData("curve", "queue")]
    public async Task Serve_SecuredProxy_IsUpWithTheRightCredentialsOnBothSides(string mechanism, string kind)
    {
        string[] server = mechanism == "plain" ? ["--plain", $"{Credentials.User}:{Credentials.Password}"] : ["--curve=" + Credentials.Server.ExportSecretKey()];
        await using var proxy = await PythonPeer.StartAsync("loop_proxy.py", ["--kind", kind, .. server]);
        var wrong = mechanism == "plain" ? Credentials.Plain(Credentials.User, "wrong") : Credentials.Curve(Credentials.Client.PublicKey, Credentials.Client);
        var path = kind == "queue" ? "path: queue, exclusive: true, messages: 3" : "path: pubsub, messages: 20";
        var right = Credentials.Right(mechanism);
        var misled = kind == "queue" ? "" // a second one would take the work of the first
            : $"- {{name: misled, endpoint: \"{proxy.Endpoint}\", return_endpoint: \"{await BackAsync(proxy)}\", modules: [misled]}}";
        await using var exporter = await ExporterProcess.StartAsync($$$"""
            defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 600ms}}
            modules:
              loop: {prober: loop, {{{path}}}, security: {{{right}}} }
              misled: {extends: loop, security: {{{wrong}}}, return_security: {{{right}}} }
            targets:
              - {name: bus, endpoint: "{{{proxy.Endpoint}}}", return_endpoint: "{{{await BackAsync(proxy)}}}", modules: [loop]}
              {{{misled}}}

            """);

        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus") is { State: "up", Probes: >= 3 } && (kind == "queue" || TargetView.Of(samples, "misled").State == "down"));

        Assert.Equal((0, 0, 0), Faults(samples));
        if (kind == "queue")
        {
            return;
        }

        Assert.True(TargetView.AllMissesAre(samples, "misled", "auth"));
        Assert.Contains("no connection at the sending side", await exporter.GetTextAsync("/api/v1/targets/misled/misled"), StringComparison.Ordinal);
    }

    // No burst of that length has gone out before the timeout, and nothing of it is lost.
    [Fact]
    public async Task Serve_ProxyIsSlow_IsNotSaidToLoseMessages()
    {
        await using var proxy = await StartProxyAsync("slow 200");
        await using var exporter = await StartAsync(proxy, "long");

        await exporter.Process.WaitForLineAsync("messages came back within 0.9 s: the path is slow, or the timeout is too short for so many");

        var samples = await exporter.ScrapeAsync();
        Assert.Equal(0, Count(samples, "lost_messages"));
        Assert.True(TargetView.AllMissesAre(samples, "bus", "reply_timeout"));
    }

    [Fact]
    public async Task Serve_ProxyThatLosesOneInAThousand_IsToldWithinThreeIntervals()
    {
        await using var proxy = await StartProxyAsync("drop 1000");
        await using var exporter = await StartAsync(proxy, "bulk");

        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus").Probes >= 3);

        Assert.True(TargetView.Of(samples, "bus").Missed > 0);
        Assert.True(Count(samples, "lost_messages") > 0);
        await exporter.Process.WaitForLineAsync("1 of 1,000 messages did not come back within 0.9 s: the proxy lost it");
        Assert.True(TargetView.AllMissesAre(samples, "bus", "unexpected_reply"));
    }

    [Theory]
    [InlineData("double", "messages came twice")]
    [InlineData("swap", "messages came out of order")]
    [InlineData("alter", "messages came with other bytes than were sent")]
    public async Task Probe_ProxyThatGoesWrong_IsUnexpectedInTheRightWords(string mode, string words)
    {
        await using var proxy = await StartProxyAsync(mode);
        using var directory = new TempDirectory();

        var result = await ProbeAsync(directory, proxy, "few");

        Assert.Equal((2, "unexpected_reply"), (result.ExitCode, Json(result).GetProperty("reason").GetString()));
        Assert.Contains(words, Json(result).GetProperty("verdict").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OneMessageThatComesTwice_IsNoticedBeforeTheProbeEnds()
    {
        await using var proxy = await StartProxyAsync("double");
        using var directory = new TempDirectory();

        var result = await ProbeAsync(directory, proxy, "proxy_loop");

        Assert.Contains("1 message came twice", Json(result).GetProperty("verdict").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_LossThatIsAllowed_IsUpAndCounted()
    {
        await using var proxy = await StartProxyAsync("drop 50");
        await using var exporter = await StartAsync(proxy, "lossy");

        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus") is { State: "up", Probes: >= 2 } && Count(samples, "lost_messages") >= 2);

        Assert.Equal(0, TargetView.Of(samples, "bus").Missed);
    }

    [Theory]
    [InlineData("hang", "nothing came through within 0.9 s")]
    [InlineData("deaf", "our subscription at the receiving side, .* did not reach the sending side, ")]
    public async Task Probe_ProxyThatPassesNothingOn_IsReachableAndNotResponsive(string mode, string words)
    {
        await using var proxy = await StartProxyAsync("healthy");
        await proxy.CommandAsync(mode);
        using var directory = new TempDirectory();

        var result = Json(await ProbeAsync(directory, proxy, "proxy_loop"));

        Assert.Equal("reply_timeout", result.GetProperty("reason").GetString());
        Assert.Equal((true, false), (result.GetProperty("reachable").GetBoolean(), result.GetProperty("responsive").GetBoolean()));
        Assert.Matches(words, result.GetProperty("verdict").GetString()!);
        Assert.Contains("the process lives", result.GetProperty("verdict").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FrozenProxy_IsNeitherReachableNorResponsiveAndComesBack()
    {
        await using var proxy = await StartProxyAsync("healthy");
        await using var exporter = await StartAsync(proxy, "proxy_loop");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus") is { State: "up", Probes: >= 2 });

        await proxy.Process.SignalAsync("STOP");
        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus") is { State: "down", Answers: (0, 0, 0) });
        Assert.Equal(0, TargetView.Failures(samples, "bus", "unexpected_reply"));
        await exporter.Process.WaitForLineAsync("gives no sign of life");
        await proxy.Process.SignalAsync("CONT");

        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus").State == "up");
    }

    [Fact]
    public async Task Probe_OnlyTheFrontIsUp_NamesTheSide()
    {
        await using var proxy = await StartProxyAsync("healthy");
        using var nobody = new ReservedPort();

        var result = await ExporterProcess.RunAsync("probe", proxy.Endpoint, "--module", "proxy_loop", "--return-endpoint", nobody.Endpoint, "--json");

        Assert.Equal((2, "refused"), (result.ExitCode, Json(result).GetProperty("reason").GetString()));
        Assert.Contains($"no connection at the receiving side, {nobody.Endpoint}", result.Output, StringComparison.Ordinal);
        Assert.Contains($"the sending side, {proxy.Endpoint} is connected", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_SidesTheWrongWayRound_SaysSo()
    {
        await using var proxy = await StartProxyAsync("healthy");

        var result = await ExporterProcess.RunAsync("probe", await BackAsync(proxy), "--module", "proxy_loop", "--return-endpoint", proxy.Endpoint, "--json");

        Assert.Equal("socket_type", Json(result).GetProperty("reason").GetString());
        Assert.Contains("endpoint and return_endpoint are the wrong way round", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ProxyRestartsBetweenProbes_LosesNothing()
    {
        using var front = new ReservedPort();
        using var back = new ReservedPort();
        string[] arguments = ["--port", Text(front.Number), "--return-port", Text(back.Number)];
        ExporterProcess? exporter = null;
        try
        {
            await using (var first = await PythonPeer.StartAsync("loop_proxy.py", arguments))
            {
                exporter = await StartAsync(first, "patient");
                await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus") is { State: "up", Probes: 1 });
            }

            // Ten seconds until the next probe.
            await using var second = await PythonPeer.StartAsync("loop_proxy.py", arguments);
            var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "bus").Probes >= 2, TimeSpan.FromMinutes(1));

            Assert.Equal(("up", 0), (TargetView.Of(samples, "bus").State, TargetView.Of(samples, "bus").Missed));
            Assert.Equal((0, 0, 0), Faults(samples));
            Assert.True(TargetView.Events(samples, "bus", "disconnected") >= 2);
            Assert.True(TargetView.Events(samples, "bus", "handshake_succeeded") >= 4);
        }
        finally
        {
            await (exporter?.DisposeAsync() ?? default);
        }
    }

    [Fact]
    public async Task Serve_ConnectionsAreRenewed_LosesNothing()
    {
        await using var proxy = await StartProxyAsync("healthy");
        await using var exporter = await StartAsync(proxy, "renewed");

        var samples = await exporter.EventuallyAsync(samples => TargetView.Events(samples, "bus", "handshake_succeeded") >= 8);

        Assert.Equal((0, 0, 0), Faults(samples));
        Assert.Equal((0, 0), (TargetView.Of(samples, "bus").Missed, TargetView.Of(samples, "bus").Stale));
    }

    [Fact]
    public async Task Probe_HealthyProxy_SaysBothSidesAndThatTheMessageCameThrough()
    {
        await using var proxy = await StartProxyAsync("healthy");
        var back = await BackAsync(proxy);

        var result = await ExporterProcess.RunAsync("probe", proxy.Endpoint, "--module", "proxy_loop", "--return-endpoint", back);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith($"{proxy.Endpoint} to {back} (loop, timeout ", result.Output, StringComparison.Ordinal);
        Assert.Contains("peer is XSUB, the message came through in ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_WithoutTheOtherEndpoint_IsRefusedInWords()
    {
        var result = await ExporterProcess.RunAsync("probe", "tcp://127.0.0.1:1", "--module", "proxy_loop");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("add --return-endpoint tcp://host:port", result.Error, StringComparison.Ordinal);
    }

    internal static JsonElement Json(CommandResult result) => JsonDocument.Parse(result.Output.Split('\n')[0]).RootElement;

    private static Task<ServerPeer> StartProxyAsync(string mode) => PythonPeer.StartAsync("loop_proxy.py", "--mode", mode);

    private static async Task<string> BackAsync(ServerPeer proxy) =>
        "tcp://127.0.0.1:" + (await proxy.Process.WaitForLineAsync(@"^back (\d+)$")).Groups[1].Value;

    private static async Task<string> ConfigAsync(ServerPeer proxy, string module) =>
        $"{Modules}targets: [{{name: bus, endpoint: \"{proxy.Endpoint}\", return_endpoint: \"{await BackAsync(proxy)}\", modules: [{module}]}}]\n";

    private static async Task<ExporterProcess> StartAsync(ServerPeer proxy, string module) =>
        await ExporterProcess.StartAsync(await ConfigAsync(proxy, module), "--log.level=debug");

    private static async Task<CommandResult> ProbeAsync(TempDirectory directory, ServerPeer proxy, string module) => await ExporterProcess.RunAsync(
        "probe", "bus", $"--config.file={directory.Write("zmq_exporter.yml", await ConfigAsync(proxy, module))}", "--json");

    private static double Count(MetricSamples samples, string what) => samples.Value($"zmq_loop_{what}_total", ("target", "bus"))!.Value;

    private static (double Lost, double Duplicates, double Reordered) Faults(MetricSamples samples) =>
        (Count(samples, "lost_messages"), Count(samples, "duplicate_messages"), Count(samples, "reordered_messages"));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
