namespace ZmqExporter.EndToEndTests;

public sealed class DemoTests
{
    // The states that stay; "flapping" is up first.
    private static readonly (string Target, string Module, string State)[] Expected =
    [
        ("healthy", "ping", "up"), ("slow", "ping", "degraded"), ("flapping", "ping", "up"), ("hung", "ping", "down"), ("frozen", "ping", "down"),
        ("publisher", "ticks", "up"), ("lossy", "ticks", "up"), ("silent", "ticks", "down"), ("secure", "secure_ping", "up"), ("queue", "queue", "up"),
    ];

    // A background job of a script: SIGINT is ignored, so that SIGTERM ends it.
    [Fact]
    public async Task Demo_AsABackgroundJob_ShowsWhatItPromisesAndLeavesNothing()
    {
        await using var demo = ChildProcess.Start(
            "bash", ["-c", "trap '' INT; exec \"$0\" demo --web.listen-address=127.0.0.1:0", ExporterProcess.Executable], "bash is part of every system");
        var board = (await demo.WaitForLineAsync(@"^The board of this demo:  (\S+)")).Groups[1].Value;
        var file = (await demo.WaitForLineAsync(@"^  config +(\S+)")).Groups[1].Value;
        await demo.WaitForLineAsync("^Ctrl-C ends the demo");
        using var client = new HttpClient();

        MetricSamples? latest = null;
        var samples = await Eventually.GetAsync(
            async () =>
            {
                latest = MetricSamples.Parse(await client.GetStringAsync(new Uri(board + "metrics"), TestContext.Current.CancellationToken));
                return Expected.All(target => Is(latest, target.Target, target.State))
                    && latest.Value("zmq_target_reachable", ("target", "frozen")) == 0
                    && latest.Value("zmq_subscription_lost_messages_total", ("target", "lossy")) >= 3
                        ? latest
                        : null;
            },
            Eventually.Deadline,
            () => $"{demo.Transcript()}\n{string.Join('\n', Expected.Where(target => latest is not null && !Is(latest, target.Target, target.State)))}");

        Assert.Equal((1, 0), (samples.Value("zmq_target_reachable", ("target", "hung")), samples.Value("zmq_target_responsive", ("target", "hung"))));
        Assert.Equal(0, samples.Value("zmq_subscription_lost_messages_total", ("target", "publisher")));
        Assert.InRange(samples.Value("demo_queue_depth", ("target", "queue")) ?? -1, 5, 95);
        foreach (var (target, module, state) in Expected.Where(target => target.Target != "flapping")) // that may have changed since
        {
            var page = await client.GetStringAsync(new Uri($"{board}targets/{target}/{module}"), TestContext.Current.CancellationToken);
            Assert.Contains($"class=\"state {state}\"", page, StringComparison.Ordinal);
            Assert.Equal(state is "down" or "degraded" || target == "lossy", page.Contains("What to do about it", StringComparison.Ordinal));
        }

        await demo.SignalAsync("TERM"); // a killed demo could not remove its directory
        Assert.Equal(0, await demo.WaitForExitAsync());
        Assert.False(File.Exists(file));
    }

    private static bool Is(MetricSamples scrape, string target, string state) =>
        scrape.Value("zmq_target_state", ("target", target), ("state", state)) == 1;
}
