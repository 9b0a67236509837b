namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Publishers that say little: what is a sign of life, and what is only the echo of our own acts.</summary>
public sealed class QuietPublisherTests
{
    private const string Server = "server";

    private const string Modules = """
        defaults: {interval: 2s, timeout: 1800ms, policy: {late_after: 400ms}}
        modules:
          price: {prober: subscribe, topics: [price], max_silence: 3s}
          everything: {prober: subscribe, topics: [""], max_silence: 3s}
          tick: {prober: subscribe, topics: [tick], max_silence: 3s, expect: [{frames: 2}]}
          renewed: {prober: subscribe, topics: [tick], max_silence: 3s, max_connection_age: 1s}
          renewed_netmq: {extends: renewed, client: netmq}
          rare: {prober: subscribe, topics: [tick], max_silence: 2h}

        """;

    [Fact]
    public async Task Serve_LastValueCacheWithADeadSource_IsDownAndStaysDown()
    {
        await using var peer = await PythonPeer.StartAsync("zmtp30_pub.py", "--cache", "price");
        await using var exporter = await StartAsync((Server, peer.Endpoint, "price"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "down");

        // The cache answers each renewal of ours, and that proves nothing.
        var later = await exporter.EventuallyAsync(samples => samples.Value("zmq_subscription_messages_total") >= 4);
        Assert.Equal(("down", 1, 1), (TargetView.Of(later, Server).State, Changes(later, "up"), Changes(later, "down")));
        Assert.True(TargetView.AllMissesAre(later, Server, "silent"));
        await exporter.Process.WaitForLineAsync("right after a reconnect of ours: it may be a cached value or a welcome message");

        // And a source that lives again does.
        await Eventually.GetAsync(
            async () =>
            {
                await peer.CommandAsync("publish price");
                return TargetView.Of(await exporter.ScrapeAsync(), Server).State == "up" ? exporter : null;
            },
            Eventually.Deadline,
            () => "it never came up again");
        Assert.DoesNotContain(peer.Process.Output, line => line.StartsWith("odd ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_SilentPublisherOfZmtp30_IsTakenAtAFreshHandshakeAndNotSaidToAnswerPings()
    {
        await using var peer = await PythonPeer.StartAsync("zmtp30_pub.py");
        await using var exporter = await StartAsync((Server, peer.Endpoint, "everything"));

        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Answers: (1, null, 0) });
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "down", Answers: (null, null, 0) });

        Assert.True(TargetView.AllMissesAre(await exporter.ScrapeAsync(), Server, "silent"));
        await exporter.Process.WaitForLineAsync("a fresh handshake succeeded, so the process lives, but it publishes nothing");
        await exporter.Process.WaitForLineAsync("ZMTP 3[.]0 has no PING, and the last handshake with it was ");
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("answers a ZMTP PING", StringComparison.Ordinal));
        Assert.DoesNotContain(peer.Process.Output, line => line.StartsWith("odd ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_WelcomeMessage_IsDiscardedWhereNobodyAskedForIt()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py", "--welcome", "hello", "--topic", "tick");
        await using var exporter = await StartAsync((Server, peer.Endpoint, "tick"), ("never", peer.Endpoint, "price"));

        var samples = await exporter.EventuallyAsync(samples =>
            TargetView.Of(samples, Server) is { State: "up", Probes: >= 2 } && TargetView.Of(samples, "never") is { State: "down", Answers: (1, null, 0) });

        Assert.Equal(0, TargetView.Failures(samples, Server, "unexpected_reply"));
        Assert.Equal(0, samples.Value("zmq_subscription_messages_total", ("target", "never")));
        Assert.True(TargetView.AllMissesAre(samples, "never", "silent"));
    }

    [Fact]
    public async Task Serve_PublisherOfRareMessagesIsFrozen_NotReachableAtTheNextProbe()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await StartAsync((Server, peer.Endpoint, "rare"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");
        await peer.CommandAsync("pause");
        await exporter.EventuallyAsync(samples => samples.Value("zmq_probe_last_duration_seconds", ("phase", "ping")) > 0);
        var before = TargetView.Of(await exporter.ScrapeAsync(), Server);
        Assert.Equal(("up", 0, (1, null, 1)), (before.State, before.Missed, before.Answers));

        await peer.Process.SignalAsync("STOP");
        var frozen = await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).Missed >= 1);

        Assert.Equal((0, null, 0), TargetView.Of(frozen, Server).Answers);
        Assert.Equal(1, TargetView.Failures(frozen, Server, "reply_timeout"));
        await exporter.Process.WaitForLineAsync("no answer to a ZMTP PING within 1[.]8 s");

        await peer.Process.SignalAsync("CONT");
        await peer.CommandAsync("resume");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server) is { State: "up", Answers: (1, null, 1) });
    }

    [Theory]
    [InlineData("renewed")]
    [InlineData("renewed_netmq")]
    public async Task Serve_ConnectionIsRenewedMoreOftenThanTheFeedMayBeSilent_NeverMisses(string module)
    {
        await using var peer = await PythonPeer.StartAsync("pub.py", "--topic", "tick");
        await using var exporter = await StartAsync((Server, peer.Endpoint, module));

        var samples = await exporter.EventuallyAsync(samples => TargetView.Events(samples, Server, "connected") >= 5);

        Assert.Equal(("up", 0), (TargetView.Of(samples, Server).State, TargetView.Of(samples, Server).Missed));
    }

    [Fact]
    public async Task Serve_ConnectionOfAPeerWithoutPingIsForgotten_MissesOnceAndIsUpAgain()
    {
        await using var peer = await PythonPeer.StartAsync("zmtp30_pub.py");
        await using var proxy = new ForgetfulProxy(peer.Port);
        await using var exporter = await StartAsync((Server, proxy.Endpoint, "everything"));
        await PublishUntilAsync(view => view.State == "up");
        proxy.Forget();
        await PublishUntilAsync(view => view is { State: "suspect", Missed: 1 });
        await PublishUntilAsync(view => view is { State: "up", Missed: 1, Answers: (1, null, 1) });
        await exporter.Process.WaitForLineAsync("but it publishes nothing, or the old connection had died: it was replaced");

        Task PublishUntilAsync(Func<TargetView, bool> condition) => Eventually.GetAsync(
            async () =>
            {
                await peer.CommandAsync("publish price");
                return condition(TargetView.Of(await exporter.ScrapeAsync(), Server)) ? exporter : null;
            },
            Eventually.Deadline,
            () => "it never came to that");
    }

    [Fact]
    public async Task Serve_ConnectionIsForgottenInSilence_GoesOnWithAFreshOneWithoutAMiss()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");
        await using var proxy = new ForgetfulProxy(peer.Port);
        await using var exporter = await StartAsync((Server, proxy.Endpoint, "rare"));
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).State == "up");

        for (var lost = 1; lost <= 2; lost++)
        {
            proxy.Forget();
            await exporter.EventuallyAsync(samples => TargetView.Of(samples, Server).Late == lost);
            var messages = (await exporter.ScrapeAsync()).Value("zmq_subscription_messages_total");
            await exporter.EventuallyAsync(samples =>
                samples.Value("zmq_subscription_messages_total") > messages && TargetView.Of(samples, Server) is { Late: var late, Answers: (1, null, 1) } && late == lost);
        }

        var after = await exporter.ScrapeAsync();
        Assert.Equal((0, 0), (TargetView.Of(after, Server).Missed, Changes(after, "suspect")));
        Assert.Equal(3, proxy.Accepted);
    }

    private static double Changes(MetricSamples samples, string to) =>
        samples.Value("zmq_target_state_changes_total", ("target", Server), ("to", to)) ?? 0;

    private static Task<ExporterProcess> StartAsync(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets) =>
        ExporterProcess.StartAsync(Modules + ScenarioConfig.Targets(targets), "--log.level=debug");
}
