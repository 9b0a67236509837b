using System.Globalization;
using System.Text;
using ZmqExporter.EndToEndTests.Scenarios;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>client: netmq</c>: what it sees of servers, and how it lives with those that kill NetMQ.</summary>
public sealed class NetMqClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Serve_RequestsOverNetMq_AreAnsweredOnOneConnectionOrOnMany()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("kept", peer.Endpoint, "ping"), ("renewed", peer.Endpoint, "once")));

        var samples = await exporter.EventuallyAsync(
            samples => TargetView.Of(samples, "kept").Probes >= 4 && TargetView.Of(samples, "renewed").Probes >= 4, Patience);

        Assert.Equal(("up", 1, 1, 1), Answers(samples, "kept"));
        Assert.Equal(("up", 1, 1, 1), Answers(samples, "renewed"));
        var failures = samples.Find("zmq_probe_failures_total", ("target", "kept")).Sum(sample => sample.Value); // a busy machine has some, and each may cost a connection
        Assert.InRange(TargetView.Events(samples, "kept", "connected"), 1, 1 + failures);
        Assert.True(TargetView.Events(samples, "renewed", "connected") >= 3);
        Assert.Equal(1, samples.Value("zmq_target_info", ("target", "kept"), ("client", "netmq")));
        Assert.Equal(0, samples.Value("zmq_exporter_netmq_restarts_total"));
        Assert.Empty(samples.Find("zmq_connection_events_total", ("target", "kept"), ("event", "handshake_succeeded"))); // its monitor has none
        var check = await Promtool.CheckMetricsAsync(samples.Text);
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
    }

    [Fact]
    public async Task Serve_ServerHangsAndComesBack_HungIsReachableAndItsLateReplyIsStale()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("server", peer.Endpoint, "ping")));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "up", Patience);

        await peer.CommandAsync("hang");
        var hung = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "down", Patience);
        Assert.Equal(("down", 1, 0, 0), Answers(hung, "server"));
        Assert.Equal(TargetView.Of(hung, "server").Missed, TargetView.Failures(hung, "server", "reply_timeout"));

        await peer.CommandAsync("resume");
        var view = TargetView.Of(
            await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server") is { State: "up", Stale: >= 1 }, Patience), "server");
        Assert.Equal(1, view.Responsive);
    }

    [AloneFact]
    public async Task Serve_ServerKillsNetMq_EverybodyElseIsProbedOnAndTheCulpritIsNamedAndQuarantined()
    {
        await using var hostile = await PythonPeer.StartAsync("hostile.py", "bad_command");
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(
            ("own", healthy.Endpoint, "own"), ("other", healthy.Endpoint, "ping"), ("hostile", hostile.Endpoint, "ping")));

        var samples = await exporter.EventuallyAsync(
            samples => TargetView.Failures(samples, "hostile", "protocol") >= 2 && TargetView.Of(samples, "other") is { State: "up", Probes: >= 5 }, Patience);

        var restarts = samples.Value("zmq_exporter_netmq_restarts_total");
        Assert.True(restarts is >= 1 and <= 3, $"{restarts} restarts");
        Assert.Equal(0, TargetView.Of(samples, "own").Missed);
        Assert.Equal(0, TargetView.Failures(samples, "own", "local_error"));
        Assert.Equal(0, TargetView.Of(samples, "other").Missed);
        var verdict = Assert.Single(exporter.LogLines, line => line.Contains("killed a NetMQ worker process", StringComparison.Ordinal));
        Assert.Contains("targets=hostile/ping", verdict, StringComparison.Ordinal);
        Assert.Contains("evidence=\"nobody else was connected on the thread that died in worker ", verdict, StringComparison.Ordinal);
        Assert.Contains("IndexOutOfRangeException", verdict, StringComparison.Ordinal); // of what it died

        // In quarantine it is asked by our own client, which does not mind. That none was skipped cannot be asked: on a busy machine the exporter itself is late.
        string[] all = ["own", "other", "hostile"];
        var probes = all.Select(name => TargetView.Of(samples, name).Probes).ToArray();
        var later = await exporter.EventuallyAsync(
            samples => all.Zip(probes).All(target => TargetView.Of(samples, target.First).Probes >= target.Second + 3), Patience);
        Assert.Equal(restarts, later.Value("zmq_exporter_netmq_restarts_total"));

        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync());
    }

    [Fact]
    public async Task Serve_ServerSendsAMessageWithoutEnd_ItIsTooLargeAndMemoryDoesNotGrow()
    {
        await using var hostile = await PythonPeer.StartAsync("hostile.py", "endless");
        await using var exporter = await ExporterProcess.StartAsync(Config(("server", hostile.Endpoint, "ping")));

        var samples = await exporter.EventuallyAsync(samples => TargetView.Failures(samples, "server", "too_large") >= 3, Patience);

        Assert.True(samples.Value("process_resident_memory_bytes") < 512 << 20);
        Assert.Equal(0, samples.Value("zmq_exporter_netmq_restarts_total"));
    }

    [Fact]
    public async Task Serve_Subscription_GetsItsMessagesAndReconnectsByItself()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await ExporterProcess.StartAsync(Config(("server", peer.Endpoint, "ticks")));
        var up = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "up", Patience);
        Assert.Equal(0, up.Value("zmq_subscription_lost_messages_total"));
        Assert.Equal((1, 1), (TargetView.Of(up, "server").Reachable, TargetView.Of(up, "server").Ready));

        await peer.CommandAsync("pause");
        var silent = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "down", Patience);
        Assert.Equal(TargetView.Of(silent, "server").Missed, TargetView.Failures(silent, "server", "silent"));
        Assert.Equal(1, TargetView.Of(silent, "server").Reachable);

        await peer.CommandAsync("resume");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "up", Patience);
    }

    [Fact]
    public async Task Serve_SubscriptionThatIsFlooded_CountsEveryMessage()
    {
        await using var peer = await PythonPeer.StartAsync("flood.py", "--wait");
        await using var exporter = await ExporterProcess.StartAsync($$$"""
            defaults: {interval: 100ms, timeout: 90ms, client: netmq}
            modules:
              numbers: {prober: subscribe, topics: [""], max_silence: 10s, sequence: {frame: 0, format: uint64_le}}
            targets:
              - {name: server, endpoint: "{{{peer.Endpoint}}}", modules: [numbers]}
            """);
        var seen = peer.Process.Output.Count;
        await peer.Process.WriteLineAsync("flood 20000 5");
        var sent = double.Parse((await peer.Process.WaitForLineAsync(@"^sent (\d+)$", seen)).Groups[1].ValueSpan, CultureInfo.InvariantCulture);

        var samples = await exporter.EventuallyAsync(
            samples => samples.Value("zmq_subscription_messages_total") + samples.Value("zmq_subscription_lost_messages_total") >= sent, Patience);

        Assert.True(sent > 10_000, $"only {sent} messages were sent");
        Assert.Equal(
            (sent, sizeof(ulong) * sent, 0, 0),
            (samples.Value("zmq_subscription_messages_total"),
            samples.Value("zmq_subscription_bytes_total"),
            samples.Value("zmq_subscription_lost_messages_total"),
            samples.Value("zmq_subscription_sequence_resets_total")));
        Assert.Equal(1, TargetView.Events(samples, "server", "connected"));
        Assert.True(TargetView.Of(samples, "server").Probes > 10, "hardly any probe was made meanwhile");
    }

    [Fact]
    public async Task Probe_ServerOfZmtp2_OurOwnClientNamesTheOtherAndThatOneIsAnswered()
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.HandshakeOfVersion2(socketType: 4); // REP
            peer.ExpectMessage();
            peer.SendMessage("", "pong");
            peer.ExpectEnd();
        });
        using var directory = new TempDirectory();
        var config = directory.Write("c.yml", Config());

        var own = await ExporterProcess.RunAsync("probe", server.Endpoint.ToString(), "--module=own", $"--config.file={config}");
        var netMq = await ExporterProcess.RunAsync("probe", server.Endpoint.ToString(), "--module=ping", $"--config.file={config}");

        Assert.True(own.ExitCode == 2 && own.Output.Contains("FAILED (version)", StringComparison.Ordinal), own.Output + own.Error);
        Assert.Contains("write client: netmq in the module", own.Output, StringComparison.Ordinal);
        Assert.True(netMq.ExitCode == 0, netMq.Output + netMq.Error);
    }

    [Fact]
    public async Task Probe_ReplyThatIsTooLarge_IsNamed()
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectMessage();
            peer.Send(PeerBytes.Frame(PeerBytes.More, []));
            peer.Send(PeerBytes.Frame(0, new byte[(1 << 20) + 1]));
            peer.ExpectEnd();
        });
        using var directory = new TempDirectory();

        var result = await ExporterProcess.RunAsync(
            "probe", server.Endpoint.ToString(), "--module=ping", $"--config.file={directory.Write("c.yml", Config())}");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("FAILED (too_large): ", result.Output, StringComparison.Ordinal);
        Assert.Contains("the peer announced a frame of 1048577 bytes, and 1048576 is the limit here", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_NotEnoughDescriptors_ExitsWithWhatToDo()
    {
        using var directory = new TempDirectory();
        var targets = Enumerable.Range(1, 200).Select(i => ($"t{i}", "tcp://127.0.0.1:1", "ping"));
        var file = directory.Write("zmq_exporter.yml", Config([.. targets]));
        await using var shell = ChildProcess.Start(
            "/bin/sh", ["-c", $"ulimit -n 1024; exec {ExporterProcess.Executable} --config.file={file} --web.listen-address=127.0.0.1:0"], "install dash");

        Assert.Equal(1, await shell.WaitForExitAsync());
        Assert.Contains(shell.Error, line => line.Contains("200 targets with client: netmq need 7 file descriptors each", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1", "FAILED (refused): nothing listens on 127.0.0.1:1")]
    [InlineData("tcp://zmq-exporter-test.invalid:5555", "FAILED (resolve): the name zmq-exporter-test.invalid does not exist")]
    public async Task Probe_NoConnection_SaysWhy(string endpoint, string verdict)
    {
        using var directory = new TempDirectory();

        // A busy machine may take longer than the module's timeout to get as far as the first answer.
        var result = await ExporterProcess.RunAsync("probe", endpoint, "--module=ping", "--timeout=20s", $"--config.file={directory.Write("c.yml", Config())}");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(verdict, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_CurveServer_IsAnsweredWithTheRightKeyAndToldWhyWithAnother()
    {
        var server = CurveKeyPair.Generate();
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--curve=" + server.ExportSecretKey());
        using var directory = new TempDirectory();
        var config = directory.Write(
            "c.yml",
            $$$"""
            defaults: {client: netmq}
            modules:
              right: {prober: request, send: [ping], expect: [{equals: pong}], security: {mechanism: curve, server_public_key_file: {{{directory.Write("right", server.PublicKey.ToString())}}}}}
              wrong: {extends: right, security: {mechanism: curve, server_public_key_file: {{{directory.Write("wrong", CurveKeyPair.Generate().PublicKey.ToString())}}}}}
            """);

        var right = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module=right", $"--config.file={config}");
        var wrong = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--module=wrong", $"--config.file={config}");

        Assert.True(right.ExitCode == 0, right.Output + right.Error);
        Assert.True(wrong.ExitCode == 2 && wrong.Output.Contains("not this server's key", StringComparison.Ordinal), wrong.Output + wrong.Error);
    }

    private static (string State, double? Reachable, double? Responsive, double? Ready) Answers(MetricSamples samples, string target)
    {
        var view = TargetView.Of(samples, target);
        return (view.State, view.Reachable, view.Responsive, view.Ready);
    }

    private static string Config(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets)
    {
        var text = new StringBuilder("""
            defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}, client: netmq}
            modules:
              ping: {prober: request, send: [ping], expect: [{equals: pong}]}
              once: {prober: request, connection: per_probe, send: [ping], expect: [{equals: pong}]}
              own: {prober: request, client: zmtp, send: [ping], expect: [{equals: pong}]}
              ticks: {prober: subscribe, topics: [tick], max_silence: 800ms, sequence: {frame: 1, format: uint32_le}}
            targets:

            """);
        foreach (var (name, endpoint, module) in targets)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: {name}, endpoint: \"{endpoint}\", modules: [{module}]}}\n");
        }

        return targets.IsEmpty ? text.Append("  []\n").ToString() : text.ToString();
    }
}
