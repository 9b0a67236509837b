namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>The processes that NetMQ runs in: what becomes of the targets when one ends, and of them when the exporter does.</summary>
public sealed class NetMqWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // on a busy machine

    private static string Config(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets) => """
        defaults: {interval: 500ms, timeout: 450ms, policy: {late_after: 400ms}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          netmq: {extends: ping, client: netmq}
          ticks: {prober: subscribe, client: netmq, topics: [tick], max_silence: 20s}

        """ + ScenarioConfig.Targets(targets);

    // Of the build whose libraries are files that the kernel lists; it is also the proof that this build runs, where the others test the native one.
    [Fact]
    public async Task Serve_NetMqTargets_NetMqIsInTheWorkersAndOnlyThere()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var publisher = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await ExporterProcess.StartFrameworkDependentAsync(
            Config(("own", server.Endpoint, "ping"), ("netmq", server.Endpoint, "netmq"), ("ticks", publisher.Endpoint, "ticks")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq", "ticks"), Patience);
        Assert.Contains(">netmq<", await exporter.GetTextAsync("/"), StringComparison.Ordinal);

        var workers = WorkerProcesses.Of(exporter);

        Assert.Equal(2, workers.Length); // a flood of publications shall not delay a reply
        Assert.All(workers, worker => Assert.Contains("NetMQ.dll", File.ReadAllText($"/proc/{worker}/maps"), StringComparison.Ordinal));
        var maps = await File.ReadAllTextAsync($"/proc/{exporter.Process.Id}/maps", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("NetMQ.dll", maps, StringComparison.Ordinal);
        Assert.DoesNotContain("AsyncIO.dll", maps, StringComparison.Ordinal);
        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync());
        await AssertGoneAsync(workers);
    }

    [Fact]
    public async Task Serve_NoNetMqTarget_NoWorkerIsStarted()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("own", server.Endpoint, "ping")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own"), Patience);

        Assert.Empty(WorkerProcesses.Of(exporter));
    }

    [Fact]
    public async Task Serve_ExporterIsKilled_NoWorkerSurvives()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var publisher = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await ExporterProcess.StartAsync(Config(("netmq", server.Endpoint, "netmq"), ("ticks", publisher.Endpoint, "ticks")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "netmq", "ticks"), Patience);
        var workers = WorkerProcesses.Of(exporter);
        Assert.Equal(2, workers.Length);
        await WorkerProcesses.SignalAsync(workers[0], "INT"); // what a terminal sends to the whole group is no reason to end
        await WorkerProcesses.SignalAsync(workers[1], "TERM");
        await exporter.EventuallyAsync(samples => IsUp(samples, "netmq", "ticks") && TargetView.Of(samples, "netmq").Probes >= 3, Patience);
        Assert.Equal(workers, WorkerProcesses.Of(exporter));

        await exporter.Process.SignalAsync("KILL");

        await AssertGoneAsync(workers);
    }

    private static bool IsUp(MetricSamples samples, params ReadOnlySpan<string> targets)
    {
        foreach (var target in targets)
        {
            if (TargetView.Of(samples, target).State != "up")
            {
                return false;
            }
        }

        return true;
    }

    private static Task<string[]> AssertGoneAsync(string[] workers) => Eventually.GetAsync(
        () => Task.FromResult(workers.All(WorkerProcesses.IsGone) ? workers : null), Patience, () => "a worker has survived the exporter");
}
