using ZmqExporter.EndToEndTests.Scenarios;

namespace ZmqExporter.EndToEndTests;

public sealed class LogTests
{
    [Fact]
    public async Task Serve_EveryKindOfFailure_IsToldOnceInEachLine()
    {
        await using var hostile = await HostilePeers.StartAsync();
        await using var wrong = await PythonPeer.StartAsync("rep_server.py");
        await wrong.CommandAsync("reply something else");
        await using var hung = await PythonPeer.StartAsync("rep_server.py");
        await hung.CommandAsync("hang");
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of(
            [.. hostile.Targets("ping"), ("wrong", wrong.Endpoint, "ping"), ("hung", hung.Endpoint, "ping"), ("no_socket", "ipc:///no/such/socket", "ping")]));
        string[] targets = [.. hostile.Reasons.Keys, "wrong", "hung", "no_socket"];
        foreach (var name in targets)
        {
            await exporter.Process.WaitForLineAsync($"msg=\"target is down\" target={name} .* detail=\"");
        }

        var lines = exporter.LogLines.Select(line => (Text: line, Pairs: LogfmtParser.Parse(line))).ToArray();

        Assert.All(lines, line => Assert.True(Repeated(line.Pairs) is not { } twice, $"\"{Repeated(line.Pairs)}\" stands twice in: {line.Text}"));
    }

    [Fact]
    public async Task Serve_ReasonsTakeTurns_AreOneLineAMinuteAndNotOneAProbe()
    {
        await using var server = await PythonPeer.StartAsync("rep_server.py");
        await using var exporter = await ExporterProcess.StartAsync(
            ScenarioConfig.Of(server.Endpoint).Replace("interval: 1s, timeout: 900ms, policy: {late_after: 400ms}", "interval: 100ms, timeout: 100ms, policy: {late_after: 50ms}", StringComparison.Ordinal));
        await server.CommandAsync("hang");
        await exporter.EventuallyAsync(samples => TargetView.Of(samples, "server").State == "down");
        for (var turn = 1; turn <= 5; turn++)
        {
            var seen = 3 * turn;
            await server.CommandAsync("resume");
            await server.CommandAsync("reply something else");
            await exporter.EventuallyAsync(samples => TargetView.Failures(samples, "server", "unexpected_reply") >= seen);
            await server.CommandAsync("hang");
            var silent = TargetView.Failures(await exporter.ScrapeAsync(), "server", "reply_timeout");
            await exporter.EventuallyAsync(samples => TargetView.Failures(samples, "server", "reply_timeout") >= silent + 2);
        }

        var still = exporter.LogLines.Where(line => line.Contains("still down", StringComparison.Ordinal)).ToArray();
        Assert.InRange(still.Length, 1, 2); // two only where this took a whole minute
        Assert.Contains("reason=unexpected_reply", still[0], StringComparison.Ordinal);
    }

    // A terminal that was stopped with Ctrl-S, a collector that hangs: whoever logs would stop as well.
    [Fact]
    public async Task Demo_NobodyReadsItsLog_GoesOnAndEndsInTime()
    {
        using var directory = new TempDirectory();
        var pipe = Path.Combine(directory.Path, "log");
        await using var demo = ChildProcess.Start(
            "bash",
            ["-c", "mkfifo \"$1\" && exec \"$2\" demo --web.listen-address=127.0.0.1:0 --log.level=debug 2<> \"$1\"", "bash", pipe, ExporterProcess.Executable],
            "install bash");
        var metrics = (await demo.WaitForLineAsync(@"^  metrics +(\S+)")).Groups[1].Value;
        using var client = new HttpClient { Timeout = Eventually.Deadline };

        // More than the pipe takes: from here on, who writes a line there without care stands still. dd ends with 1, because not all fits.
        await using (var fill = ChildProcess.Start("dd", ["if=/dev/zero", $"of={pipe}", "bs=4096", "count=1024", "oflag=nonblock"], "install coreutils"))
        {
            Assert.Equal(1, await fill.WaitForExitAsync());
        }

        // Each failed probe is a line.
        var failed = await FailedAsync();
        await Eventually.GetAsync(
            async () => await FailedAsync() >= failed + 4 ? "" : null, Eventually.Deadline, () => "its probes do not go on");

        await demo.SignalAsync("TERM");
        Assert.Equal(0, await demo.WaitForExitAsync(TimeSpan.FromSeconds(5)));

        async Task<double> FailedAsync() =>
            MetricSamples.Parse(await client.GetStringAsync(new Uri(metrics), TestContext.Current.CancellationToken))
                .Find("zmq_probe_failures_total").Sum(sample => sample.Value);
    }

    // Four words that come twice are a text that comes twice.
    private static string? Repeated((string Key, string Value)[] pairs)
    {
        const int words = 4;
        var all = string.Join(' ', pairs.Select(pair => pair.Value)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(0, Math.Max(0, all.Length - words + 1))
            .Select(start => string.Join(' ', all.Skip(start).Take(words)))
            .GroupBy(text => text, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)?.Key;
    }
}
