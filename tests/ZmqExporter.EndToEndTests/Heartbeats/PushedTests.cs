using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ZmqExporter.EndToEndTests.Scenarios;
using Zmtp.Security;
using static ZmqExporter.EndToEndTests.Harness.Credentials;

namespace ZmqExporter.EndToEndTests.Heartbeats;

/// <summary>Heartbeats that servers on real libzmq push to the exporter.</summary>
public sealed class PushedTests
{
    private const string Defaults = "defaults: {interval: 500ms, timeout: 400ms, modules: [heartbeat_push], policy: {late_after: 300ms}}\n";

    private const string AnyPort = "--heartbeat.listen-address=tcp://127.0.0.1:0";

    [Theory]
    [InlineData("PUSH")]
    [InlineData("DEALER")]
    [InlineData("PUB")]
    public async Task Serve_BeatsComeStopAndGoOn_IsUpSilentAndUp(string type)
    {
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: backup}}]", AnyPort);
        await using var pusher = Pusher(await EndpointOfAsync(exporter), "backup", "--type", type);
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "up" && samples.Value("zmq_heartbeat_value", ("name", "queue_depth")) == 3);
        Assert.Equal(1, up.Value("zmq_target_info", ("endpoint", "pushed:backup"), ("prober", "listen")));
        Assert.Equal(1, up.Value("zmq_target_ready", ("target", "backup")));
        Assert.Empty(up.Find("zmq_target_reachable"));
        Assert.Equal(1, up.Value("zmq_exporter_heartbeat_connections"));

        await pusher.WriteLineAsync("stop");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "down" && TargetView.Failures(samples, "backup", "silent") >= 3);
        var words = await exporter.GetTextAsync("/api/v1/targets/backup/heartbeat_push");
        Assert.Contains("the next comes within 0.5 s: two intervals and a grace, 1.5 s, are over; the last one came from 127.0.0.1, instance ", words, StringComparison.Ordinal);
        Assert.Contains("and that connection stands: its I/O thread answers a ZMTP PING, so the process lives, and does not come to its beat", words, StringComparison.Ordinal);

        await pusher.WriteLineAsync("go");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "up");
        await pusher.DisposeAsync();
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "down");
        Assert.Contains("and that connection ended", await exporter.GetTextAsync("/api/v1/targets/backup/heartbeat_push"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PusherIsFrozen_IsToldFromOneThatStoppedPushing()
    {
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: backup}}]", AnyPort);
        await using var pusher = Pusher(await EndpointOfAsync(exporter), "backup");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "up");

        await pusher.WriteLineAsync("stop");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "down" && samples.Value("zmq_target_reachable", ("target", "backup")) == 1);

        await pusher.SignalAsync("STOP");
        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_reachable", ("target", "backup")) == 0);
        var words = await exporter.GetTextAsync("/api/v1/targets/backup/heartbeat_push");
        Assert.Contains("and no answer to a ZMTP PING on that connection within ", words, StringComparison.Ordinal);
        Assert.Contains("the process is frozen, or a proxy or load balancer between holds the connection; what we sent was acknowledged, but nothing answers it", words, StringComparison.Ordinal);

        // What it had to answer it answers now, and a beat is the end of the silence.
        await pusher.SignalAsync("CONT");
        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_reachable", ("target", "backup")) == 1);
        await pusher.WriteLineAsync("go");
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "up");
        Assert.Equal(0, TargetView.Failures(up, "backup", "unexpected_reply"));
        Assert.Equal(1, up.Value("zmq_exporter_heartbeat_connections"));
    }

    // The file of the socket is still there, and so is the memory of a job that beats once a day.
    [Fact]
    public async Task Serve_ExporterIsStartedAgain_TakesBeatsAndStillKnowsTheLastOnes()
    {
        using var directory = new TempDirectory();
        var endpoint = $"ipc://{directory.Path}/beats.sock";
        var config = $"{Defaults}state_file: {directory.Path}/state.json\ntargets: [{{name: local}}, {{name: nightly}}]";
        string[] flags = [$"--heartbeat.listen-address={endpoint}"];
        await using (var first = await ExporterProcess.StartAsync(config, flags))
        {
            await using var job = Responders.Python("batch.py", endpoint, "nightly", "86400", "true");
            await using var pusher = Pusher(endpoint, "local");
            Assert.True(await job.WaitForExitAsync() == 0, job.Transcript());
            await first.EventuallyAsync(samples => TargetView.Of(samples, "local").State == "up" && TargetView.Of(samples, "nightly").State == "up");
            await first.Process.SignalAsync("TERM");
            await first.Process.WaitForExitAsync();
        }

        // Beats that waited for the exporter are taken, too: it listens only when it knows its targets.
        await using var waiting = Pusher(endpoint, "local");
        await waiting.WaitForLineAsync("^ready$");
        await using (var second = await ExporterProcess.StartAsync(config, flags))
        {
            await second.EventuallyAsync(samples => TargetView.Of(samples, "local").State == "up" && TargetView.Of(samples, "nightly").State == "up");
            Assert.Equal(0, Refused(await second.ScrapeAsync(), "unknown_name"));
            Assert.Contains("announced the next one within 1 d and said SERVING: none is overdue", await second.GetTextAsync("/api/v1/targets/nightly/heartbeat_push"), StringComparison.Ordinal);
            await second.Process.SignalAsync("KILL");
            await second.Process.WaitForExitAsync();
        }

        Assert.True(File.Exists($"{directory.Path}/beats.sock"));
        await using var third = await ExporterProcess.StartAsync(config, flags);
        await third.EventuallyAsync(samples => TargetView.Of(samples, "local").State == "up" && TargetView.Of(samples, "nightly").State == "up");
    }

    [Fact]
    public async Task Serve_ResponderThatPushesRestarts_IsCountedWithItsNumbers()
    {
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: resize}}, {{name: nightly}}, {{name: failed}}]", AnyPort);
        var endpoint = await EndpointOfAsync(exporter);
        await using (Responders.Python("push.py", endpoint, "resize", "0.5"))
        {
            await exporter.EventuallyAsync(samples => samples.Value("zmq_heartbeat_value", ("target", "resize"), ("name", "jobs_done")) > 1);
        }

        await using var again = Responders.Python("push.py", endpoint, "resize", "0.5");
        await exporter.EventuallyAsync(samples => samples.Value("zmq_target_restarts_total", ("target", "resize")) == 1 && TargetView.Of(samples, "resize").State == "up");

        // A job that is long gone is well as long as its own interval says, and one that failed is not.
        await using var good = Responders.Python("batch.py", endpoint, "nightly", "86400", "true");
        Assert.True(await good.WaitForExitAsync() == 0, good.Transcript());
        await using var bad = Responders.Python("batch.py", endpoint, "failed", "86400", "false");
        Assert.True(await bad.WaitForExitAsync() == 1, bad.Transcript());
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "nightly").State == "up" && samples.Value("zmq_heartbeat_value", ("target", "nightly"), ("name", "exit_code")) == 0
            && TargetView.Of(samples, "failed").State == "down" && TargetView.Failures(samples, "failed", "unexpected_reply") >= 3);
        Assert.Contains("the server says NOT_SERVING", await exporter.GetTextAsync("/api/v1/targets/failed/heartbeat_push"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ByIpcAndWithPings_TakesBeats()
    {
        using var directory = new TempDirectory();
        var endpoint = $"ipc://{directory.Path}/beats.sock";
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: local}}]", $"--heartbeat.listen-address={endpoint}");
        await using var pusher = Pusher(endpoint, "local", "--ping");

        // A PING without a PONG would end the connection after 300 ms.
        await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_heartbeats_total") > 5);
        Assert.Equal(1, (await exporter.ScrapeAsync()).Value("zmq_exporter_heartbeat_connections"));
        Assert.Contains("came from ipc://", await exporter.GetTextAsync("/api/v1/targets/local/heartbeat_push"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_UnknownNamesAndOtherSockets_AreRefusedAndCounted()
    {
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: backup}}]", AnyPort);
        var endpoint = await EndpointOfAsync(exporter);
        await using var stranger = Pusher(endpoint, "nobody-expects-me");
        await using var request = Pusher(endpoint, "backup", "--type", "PAIR");

        await exporter.EventuallyAsync(samples => Refused(samples, "unknown_name") >= 3 && Refused(samples, "socket_type") >= 1);
        Assert.Single(exporter.LogLines, line => line.Contains("no target expects", StringComparison.Ordinal) && line.Contains("nobody-expects-me", StringComparison.Ordinal));
        Assert.Contains("the peer is a PAIR", string.Join('\n', exporter.LogLines), StringComparison.Ordinal);
        Assert.Equal("unknown", TargetView.Of(await exporter.ScrapeAsync(), "backup").State);
    }

    [Fact]
    public async Task Serve_PlainUsers_AreTheOnesThatMayPushAlsoAfterAReload()
    {
        await using var exporter = await ExporterProcess.StartAsync(Config("{username: probe, password: first}"), AnyPort);
        var endpoint = await EndpointOfAsync(exporter);
        await using var good = Pusher(endpoint, "good", "--plain", "probe:first");
        await using var wrong = Pusher(endpoint, "bad", "--plain", "probe:wrong");
        await using var open = Pusher(endpoint, "bad");
        var both = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "good").State == "up" && Refused(samples, "auth") >= 1 && Refused(samples, "mechanism") >= 1);
        Assert.Equal(1, both.Value("zmq_exporter_heartbeat_connections"));
        Assert.Contains("(user \\\"probe\\\")", (await exporter.GetTextAsync("/api/v1/targets/good/heartbeat_push")).Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("first", await exporter.GetTextAsync("/config"), StringComparison.Ordinal);

        // Another user comes, and the first one has to go.
        await File.WriteAllTextAsync(exporter.ConfigFile, Config("{username: other, password: second}"), TestContext.Current.CancellationToken);
        await exporter.Process.SignalAsync("HUP");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "good").State == "down" && samples.Value("zmq_exporter_heartbeat_connections") == 0);
        await using var other = Pusher(endpoint, "good", "--plain", "other:second");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "good").State == "up");
        Assert.Equal("unknown", TargetView.Of(await exporter.ScrapeAsync(), "bad").State);

        static string Config(string user) => $"{Defaults}heartbeat_listener: {{security: {{mechanism: plain, users: [{user}]}}}}\ntargets: [{{name: good}}, {{name: bad}}]";
    }

    [Fact]
    public async Task Serve_CurveKeys_AreTheOnesThatMayPush()
    {
        var stranger = CurveKeyPair.Generate();
        await using var exporter = await ExporterProcess.StartAsync(
            $"{Defaults}heartbeat_listener: {{security: {{mechanism: curve, server_secret_key: '{Server.ExportSecretKey()}', allowed_public_keys: ['{Client.PublicKey}']}}}}\ntargets: [{{name: good}}, {{name: bad}}]", AnyPort);
        var endpoint = await EndpointOfAsync(exporter);
        await using var good = Pusher(endpoint, "good", [.. Keys(Server.PublicKey, Client), "--ping"]);
        await using var unknown = Pusher(endpoint, "bad", Keys(Server.PublicKey, stranger));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "good").State == "up" && Refused(samples, "auth") >= 1);
        await using var misled = Pusher(endpoint, "bad", Keys(stranger.PublicKey, Client));
        var both = await exporter.EventuallyAsync(samples => Refused(samples, "auth") >= 2);
        Assert.Equal(1, both.Value("zmq_exporter_heartbeat_connections"));
        Assert.Equal("unknown", TargetView.Of(both, "bad").State);
        Assert.DoesNotContain(Server.ExportSecretKey(), await exporter.GetTextAsync("/config"), StringComparison.Ordinal);
        Assert.Contains($"the client key {stranger.PublicKey} is not allowed", string.Join('\n', exporter.LogLines).Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);

        static string[] Keys(CurvePublicKey server, CurveKeyPair client) => [$"--curve={server},{client.PublicKey},{client.ExportSecretKey()}"];
    }

    // Each of them does its worst for the whole of the test, and one server beats beside them.
    [Fact]
    public async Task Serve_HostilePeers_HarmNobodyElse()
    {
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: backup}}]", AnyPort);
        var endpoint = await EndpointOfAsync(exporter);
        await using var pusher = Pusher(endpoint, "backup");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "up");
        var port = int.Parse(endpoint[(endpoint.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        byte[] greeting = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 1, .. "NULL"u8, .. new byte[48]];
        byte[] ready = [4, 26, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 4, .. "PUSH"u8];
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                await SendAsync([]); // says nothing
            }

            await SendAsync([.. "GET / HTTP/1.1\r\n\r\n"u8]);
            await SendAsync([.. greeting, 0xFF, 0xFF]);
            await SendAsync([.. greeting, .. ready, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]); // a frame of 2^63 bytes
            await SendAsync([.. greeting, .. ready, .. Enumerable.Repeat<byte[]>([1, 0], 1000).SelectMany(frame => frame)]);
            await SendAsync([.. greeting, .. ready, 0, 3, .. "abc"u8]);
            await SendAsync([.. greeting, .. ready, .. Enumerable.Repeat<byte[]>([4, 7, 4, .. "PING"u8, 0, 0], 300_000).SelectMany(frame => frame)]); // and reads no PONG

            var samples = await exporter.EventuallyAsync(samples => Refused(samples, "not_zmtp") >= 1 && Refused(samples, "protocol") >= 2 && Refused(samples, "too_large") >= 2
                && Refused(samples, "malformed") >= 1 && Refused(samples, "handshake_timeout") >= 100);
            Assert.Equal("up", TargetView.Of(samples, "backup").State);
            Assert.Equal(0, samples.Value("zmq_probe_misses_total", ("target", "backup")));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        async Task SendAsync(byte[] bytes)
        {
            var client = new TcpClient();
            clients.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, port);
            try
            {
                using var limit = new CancellationTokenSource(Eventually.Deadline);
                await client.GetStream().WriteAsync(bytes, limit.Token);
            }
            catch (IOException)
            {
                // It was cut off, as it should be.
            }
        }
    }

    [Fact]
    public async Task Serve_AddressThatIsTaken_TargetsAreUnknownUntilItIsFree()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var endpoint = string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{port}");
        await using var exporter = await ExporterProcess.StartAsync($"{Defaults}targets: [{{name: backup}}]", $"--heartbeat.listen-address={endpoint}");
        await using var pusher = Pusher(endpoint, "backup");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "unknown" && TargetView.Failures(samples, "backup", "local_error") >= 1);
        Assert.Contains("another program has it", await exporter.GetTextAsync("/api/v1/targets/backup/heartbeat_push"), StringComparison.Ordinal);

        taken.Stop();

        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "backup").State == "up");
    }

    [Fact]
    public async Task Commands_TargetThatPushes_SayWhoKnows()
    {
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", $"{Defaults}targets: [{{name: backup}}]");

        var serve = await ExporterProcess.RunAsync($"--config.file={config}", "--web.listen-address=127.0.0.1:0");
        var check = await ExporterProcess.RunAsync("check-config", config);
        var probe = await ExporterProcess.RunAsync("probe", "backup", "--config.file", config);
        var all = await ExporterProcess.RunAsync("probe", "--all", "--config.file", config);
        var module = await ExporterProcess.RunAsync("probe", "tcp://127.0.0.1:1", "--module", "heartbeat_push");

        Assert.Equal(1, serve.ExitCode);
        Assert.Contains("target backup waits for heartbeats that are pushed (prober: listen), and the exporter takes none: start it with --heartbeat.listen-address", serve.Error, StringComparison.Ordinal);
        Assert.Equal(0, check.ExitCode);
        Assert.Contains("1 pair of them wait for heartbeats", check.Output, StringComparison.Ordinal);
        Assert.All([probe, all, module], result => Assert.Equal(3, result.ExitCode));
        Assert.All([probe, all, module], result => Assert.Contains("waits for heartbeats that are pushed to the exporter (prober: listen)", result.Error, StringComparison.Ordinal));
    }

    private static double? Refused(MetricSamples samples, string reason) => samples.Value("zmq_exporter_heartbeats_refused_total", ("reason", reason));

    private static ChildProcess Pusher(string endpoint, string name, params string[] flags) => PythonPeer.StartProcess("pusher.py", [endpoint, name, .. flags]);

    private static async Task<string> EndpointOfAsync(ExporterProcess exporter) =>
        (await exporter.Process.WaitForLineAsync("msg=\"listening for heartbeats\" address=(\\S+)")).Groups[1].Value;
}
