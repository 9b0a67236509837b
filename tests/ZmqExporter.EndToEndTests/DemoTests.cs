namespace ZmqExporter.EndToEndTests;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_UntilInterrupted_StartsServersExplainsItselfAndLeavesNothing()
    {
        await using var demo = ExporterProcess.StartProcess(["demo", "--web.listen-address=127.0.0.1:0"]);
        var config = await demo.WaitForLineAsync(@"^  config +(\S+)");
        await demo.WaitForLineAsync("^Ctrl-C ends the demo");
        var file = config.Groups[1].Value;
        var endpoints = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            .Where(line => line.Contains("endpoint:", StringComparison.Ordinal))
            .ToDictionary(
                line => line.Split("name: ")[1].Split(',')[0],
                line => line.Split("endpoint: ")[1].Split(',')[0],
                StringComparer.Ordinal);

        Assert.Equal(["flapping", "healthy", "hung", "publisher", "slow"], endpoints.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", endpoints["healthy"], "ping"));
        Assert.Equal("unknown", await ZmqCheck.AskAsync("REQ", endpoints["healthy"], "pang"));
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", endpoints["slow"], "ping"));
        Assert.Equal("pong", await ZmqCheck.AskAsync("REQ", endpoints["flapping"], "ping"));
        Assert.Equal("nothing", await ZmqCheck.AskAsync("REQ", endpoints["hung"], "ping", TimeSpan.FromMilliseconds(300)));

        await demo.SignalAsync("INT");
        Assert.Equal(0, await demo.WaitForExitAsync());
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Demo_AfterSomeSeconds_ShowsWhatItPromised()
    {
        await using var demo = ExporterProcess.StartProcess(["demo", "--web.listen-address=127.0.0.1:0"]);
        var metrics = await demo.WaitForLineAsync(@"^  metrics +(\S+)");
        using var client = new HttpClient();

        var samples = await Eventually.GetAsync(
            async () =>
            {
                var text = await client.GetStringAsync(new Uri(metrics.Groups[1].Value), TestContext.Current.CancellationToken);
                var scrape = MetricSamples.Parse(text);
                return Is(scrape, "healthy", "up") && Is(scrape, "slow", "degraded") && Is(scrape, "flapping", "up") && Is(scrape, "hung", "down")
                        && Is(scrape, "publisher", "up")
                    ? scrape
                    : null;
            },
            Eventually.Deadline,
            demo.Transcript);

        Assert.Equal(1, samples.Value("zmq_target_reachable", ("target", "hung")));
        Assert.Equal(0, samples.Value("zmq_target_responsive", ("target", "hung")));
        Assert.Equal(1, samples.Value("zmq_target_ready", ("target", "publisher")));
        Assert.Equal(0, samples.Value("zmq_subscription_lost_messages_total", ("target", "publisher")));
        await demo.SignalAsync("INT"); // a killed demo could not remove its directory
        Assert.Equal(0, await demo.WaitForExitAsync());
    }

    private static bool Is(MetricSamples scrape, string target, string state) =>
        scrape.Value("zmq_target_state", ("target", target), ("state", state)) == 1;
}
