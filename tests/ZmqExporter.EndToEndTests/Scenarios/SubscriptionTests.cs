using System.Globalization;
using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>A publisher on real libzmq goes through everything that a publisher goes through.</summary>
public sealed class SubscriptionTests
{
    private const string Server = "server";

    public static TheoryData<ClientKind> Clients => Servers.Clients;

    private const string Modules = """
        defaults: {interval: 1s, timeout: 900ms, policy: {late_after: 400ms}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          ticks: {prober: subscribe, topics: [tick], max_silence: 800ms, sequence: {frame: 1, format: uint32_le}}
          patient: {prober: subscribe, topics: [tick], max_silence: 500ms, startup_grace: 4s}
          strict:
            prober: subscribe
            topics: [""]
            max_silence: 800ms
            expect: [{frames: 4}, {frame: 3, equals: ok}]
            sent_at: {frame: 2, format: unix_ms}
          frequent: {prober: subscribe, topics: [""], max_silence: 800ms, min_rate: 1000, rate_window: 1s}
          flood: {prober: subscribe, topics: [""], max_silence: 30s, sequence: {frame: 0, format: uint64_le}}

        """;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_PublisherFallsSilent_ReachableAndNotReadyAndUpAgainWithItsMessages(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "ticks"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Answers: (1, null, 1) });

        await peer.CommandAsync("pause");
        var silent = await exporter.EventuallyAsync(samples =>
            TargetView.Of(samples, Server) is { State: "down", Answers: (1, null, 0) } && TargetView.AllMissesAre(samples, Server, "silent"));
        Assert.Equal(1, TargetView.Events(silent, Server, "connected")); // alive: no reason to renew the connection

        await peer.CommandAsync("resume");
        var again = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
        Assert.Equal(0, again.Value("zmq_subscription_lost_messages_total"));
        Assert.True(again.Value("zmq_subscription_messages_total") > 20);
        await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_bytes_total") >= 8 * samples.Value("zmq_subscription_messages_total"));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_PublisherNeverPublishes_UnknownWithinTheGraceAndThenSilent(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        await peer.CommandAsync("pause");
        await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "patient"));

        var down = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Answers: (1, null, 0) });

        // The counters tell what the scrapes may have missed.
        Assert.Equal((1, 1, 0), (Changes(down, "suspect"), Changes(down, "down"), Changes(down, "up")));
        var view = TargetView.Of(down, Server);
        var skipped = down.Value("zmq_exporter_probes_skipped_total")!.Value; // on a machine that stands still
        Assert.True(view.Probes - view.Missed + skipped >= 3, $"{view.Probes} probes, {view.Missed} misses, {skipped} skipped"); // those within the grace
        Assert.Null(down.Value("zmq_subscription_last_message_timestamp_seconds"));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_PublisherFrozen_NotReachableAndUpAgainAfterIt(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "ticks"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.Process.SignalAsync("STOP");
        var frozen = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Answers: (0, null, 0) });
        Assert.True(TargetView.Failures(frozen, Server, "silent") >= 1);

        await peer.Process.SignalAsync("CONT");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_PublisherRestarts_ReconnectsSubscribesAgainAndCountsAResetAndNoLoss(ClientKind client)
    {
        var peer = await PythonPeer.StartAsync("pub.py");
        try
        {
            await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "ticks"));
            await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_messages_total") >= 40);
            await peer.DisposeAsync();
            await exporter.EventuallyAsync(samples => TargetView.Failures(samples, Server, "refused") >= 1);
            peer = await PythonPeer.StartAsync("pub.py", "--port", peer.Port.ToString(CultureInfo.InvariantCulture));

            var up = await exporter.EventuallyAsync(samples =>
                TargetView.Of(samples, Server).State == "up" && samples.Value("zmq_subscription_sequence_resets_total") == 1);

            // A busy machine may take a pause for silence, and then the connection is renewed.
            Assert.Equal(up.Value("zmq_subscription_lost_while_disconnected_total"), up.Value("zmq_subscription_lost_messages_total"));
        }
        finally
        {
            await peer.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_SequencesWithGapsAndResets_AreCountedByTopic(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py", "--topic", "tick.a", "--topic", "tick.b", "--topic", "other");
        await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "ticks"));
        await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_messages_total") >= 20);

        await peer.CommandAsync("skip 7");
        var lossy = await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_lost_messages_total") > 7);
        Assert.Equal(14, lossy.Value("zmq_subscription_lost_messages_total")); // both topics, and not the one that was not subscribed to
        Assert.Equal(0, lossy.Value("zmq_subscription_sequence_resets_total"));

        await peer.CommandAsync("reset");
        var reset = await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_sequence_resets_total") == 2);
        Assert.Equal(14, reset.Value("zmq_subscription_lost_messages_total"));
        Assert.Equal(0, reset.Value("zmq_subscription_untracked_messages_total"));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_MessagesFailAnExpect_ReachableAndNotReady(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py", "--stamp");
        await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "strict"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        await peer.CommandAsync("say broken");
        await exporter.EventuallyAsync(samples =>
            TargetView.Of(samples, Server) is { State: "down", Answers: (1, null, 0) } && TargetView.AllMissesAre(samples, Server, "unexpected_reply"));

        await peer.CommandAsync("say ok");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_MessagesAreLongOnTheirWay_Degraded(ClientKind client)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py", "--stamp");
        await peer.CommandAsync("age 600");
        await using var exporter = await StartAsync(client, (Server, peer.Endpoint, "strict"));

        var degraded = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "degraded", Answers: (1, null, 1) });

        Assert.InRange(degraded.Value("zmq_subscription_delay_seconds")!.Value, 0.6, 60);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Serve_TooFewMessagesAndWrongPeers_EachItsReason(ClientKind client)
    {
        await using var publisher = await PythonPeer.StartAsync("pub.py");
        await using var rep = await PythonPeer.StartRepAsync();
        await using var exporter = await StartAsync(client, ("slow", publisher.Endpoint, "frequent"), ("rep", rep.Endpoint, "ticks"), ("closed", "tcp://127.0.0.1:1", "ticks"));

        var samples = await exporter.EventuallyAsync(samples =>
            ((string[])["slow", "rep", "closed"]).All(name => TargetView.Of(samples, name).State == "down")
            && TargetView.Failures(samples, "slow", "silent") >= 3
            && TargetView.AllMissesAre(samples, "rep", "socket_type")
            && TargetView.AllMissesAre(samples, "closed", "refused"));

        var check = await Promtool.CheckMetricsAsync(samples.Text);
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
    }

    [AloneTheory]
    [MemberData(nameof(Clients))]
    public async Task Serve_PublisherFloods_EveryMessageIsAccountedForAndNobodyElseSuffers(ClientKind client)
    {
        await using var flood = await PythonPeer.StartAsync("flood.py");
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var exporter = await StartAsync(client, (Server, flood.Endpoint, "flood"), ("healthy", healthy.Endpoint, "ping"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "healthy") is { State: "up", Probes: >= 3 });
        var before = await exporter.ScrapeAsync();

        var seen = flood.Process.Output.Count;
        await flood.Process.WriteLineAsync("flood 200000 5");
        var sent = await flood.Process.WaitForLineAsync(@"^sent (\d+)$", seen);
        var after = await exporter.EventuallyAsync(samples => Accounted(samples) == double.Parse(sent.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

        Assert.True(after.Value("zmq_subscription_messages_total") > 100_000);
        Assert.True(after.Value("zmq_exporter_probes_skipped_total") <= 2); // of some twenty: other programs need the cores too
        Assert.Equal(0, TargetView.Of(after, "healthy").Missed);
        Assert.Equal(1, TargetView.Events(after, Server, "connected"));
        var memory = after.Value("process_resident_memory_bytes") - before.Value("process_resident_memory_bytes");
        Assert.True(memory <= 64 << 20, string.Create(CultureInfo.InvariantCulture, $"{memory / (1 << 20):0} MiB more"));
    }

    [AloneFact]
    public async Task Serve_LargeMessages_AreCountedAndNotHeld()
    {
        await using var peer = await PythonPeer.StartAsync("flood.py");
        await using var exporter = await StartAsync(ClientKind.Zmtp, (Server, peer.Endpoint, "flood")); // NetMQ would hold each as a whole, and refuses them
        var before = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).Probes >= 1);

        const int Size = 64 << 20;
        for (var i = 0; i < 3; i++)
        {
            await peer.CommandAsync($"large {Size}");
        }

        var after = await exporter.EventuallyAsync(samples =>
            samples.Value("zmq_subscription_messages_total") == 6 && samples.Value("zmq_subscription_bytes_total") == (3.0 * Size) + (6 * 8));
        Assert.Equal(0, after.Value("zmq_subscription_lost_messages_total"));
        var memory = after.Value("process_resident_memory_bytes") - before.Value("process_resident_memory_bytes");
        Assert.True(memory <= 48 << 20, string.Create(CultureInfo.InvariantCulture, $"{memory / (1 << 20):0} MiB more"));
    }

    [Fact]
    public async Task Probe_Publisher_SaysWhatCame()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", Modules);

        var up = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--config.file", config, "--module", "ticks");
        Assert.True(up.ExitCode == 0 && up.Output.Contains("OK: ", StringComparison.Ordinal), up.Output + up.Error);

        var several = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--config.file", config, "--module", "ticks", "--count", "2");
        Assert.True(several.ExitCode == 0 && several.Output.EndsWith("2 probes: 2 OK, 0 late, 0 missed", StringComparison.Ordinal), several.Output + several.Error);
        Assert.Matches("(?m)^  sequence: [0-9]+ numbers read, 0 lost, 0 unreadable$", several.Output);

        await peer.CommandAsync("pause");
        var pending = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--config.file", config, "--module", "patient");
        Assert.True(pending.ExitCode == 3 && pending.Output.Contains("no message yet", StringComparison.Ordinal), pending.Output + pending.Error);
    }

    private static double Accounted(MetricSamples samples) =>
        samples.Value("zmq_subscription_messages_total")!.Value + samples.Value("zmq_subscription_lost_messages_total")!.Value;

    private static double Changes(MetricSamples samples, string to) =>
        samples.Value("zmq_target_state_changes_total", ("target", Server), ("to", to)) ?? 0;

    private static Task<ExporterProcess> StartAsync(ClientKind client, params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets)
    {
        var config = Modules.OverClient(client) + ScenarioConfig.Targets(targets);
        return ExporterProcess.StartAsync(config);
    }
}
