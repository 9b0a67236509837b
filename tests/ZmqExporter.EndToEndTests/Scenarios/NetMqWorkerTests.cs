using System.Globalization;

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

    [Fact]
    public async Task Serve_NetMqTargets_NetMqIsInTheWorkersAndOnlyThere()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var publisher = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await ExporterProcess.StartAsync(
            Config(("own", server.Endpoint, "ping"), ("netmq", server.Endpoint, "netmq"), ("ticks", publisher.Endpoint, "ticks")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq", "ticks"), Patience);

        var workers = WorkersOf(exporter);

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

        Assert.Empty(WorkersOf(exporter));
    }

    [Fact]
    public async Task Serve_WorkersAreKilledAgainAndAgain_NobodyIsBlamedAndAllAreProbedAgain()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(
            Config(("own", server.Endpoint, "ping"), ("netmq_1", server.Endpoint, "netmq"), ("netmq_2", server.Endpoint, "netmq")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq_1", "netmq_2"), Patience);
        for (var i = 1; i <= 4; i++)
        {
            var worker = await Eventually.GetAsync(
                () => Task.FromResult(WorkersOf(exporter) is [var worker] ? worker : null), Patience, () => "no worker was started again" + exporter.Process.Transcript());
            await KillAsync(worker);
            await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_netmq_restarts_total") == i, Patience);
        }

        var samples = await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq_1", "netmq_2"), Patience);

        Assert.All((string[])["own", "netmq_1", "netmq_2"], target => Assert.Equal(0, TargetView.Of(samples, target).Missed));
        Assert.Equal(0, TargetView.Failures(samples, "own", "local_error"));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("quarantine", StringComparison.Ordinal));
        Assert.Empty(samples.Find("zmq_exporter_netmq_quarantined"));
    }

    [Fact]
    public async Task Serve_WorkerIsStopped_ItsTargetsAreUnknownAndNotDown()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("own", server.Endpoint, "ping"), ("netmq", server.Endpoint, "netmq")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq"), Patience);
        var worker = Assert.Single(WorkersOf(exporter));

        await SignalAsync(worker, "STOP");
        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "netmq").State == "unknown", Patience);
        Assert.Equal(0, TargetView.Of(samples, "netmq").Missed);
        Assert.Equal(0, TargetView.Of(samples, "own").Missed);

        await SignalAsync(worker, "CONT");
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq"), Patience);
    }

    [Fact]
    public async Task Serve_ExporterIsKilled_NoWorkerSurvives()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var publisher = await PythonPeer.StartAsync("pub.py");
        await using var exporter = await ExporterProcess.StartAsync(Config(("netmq", server.Endpoint, "netmq"), ("ticks", publisher.Endpoint, "ticks")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "netmq", "ticks"), Patience);
        var workers = WorkersOf(exporter);
        Assert.Equal(2, workers.Length);
        await SignalAsync(workers[0], "INT"); // what a terminal sends to the whole group is no reason to end
        await SignalAsync(workers[1], "TERM");
        await exporter.EventuallyAsync(samples => IsUp(samples, "netmq", "ticks") && TargetView.Of(samples, "netmq").Probes >= 3, Patience);
        Assert.Equal(workers, WorkersOf(exporter));

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

    private static string[] WorkersOf(ExporterProcess exporter) =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).OfType<string>()
            .Where(id => id.All(char.IsAsciiDigit) && ParentOf(id) == exporter.Process.Id).Order(StringComparer.Ordinal),
    ];

    // proc_pid_stat(5): state and parent follow a name in parentheses. What is dead and not yet waited for is none any more.
    private static int ParentOf(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", var parent, ..] ? int.Parse(parent, CultureInfo.InvariantCulture) : 0;
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    }

    private static Task<string[]> AssertGoneAsync(string[] workers) => Eventually.GetAsync(
        () => Task.FromResult(workers.All(worker => ParentOf(worker) == 0) ? workers : null), Patience, () => "a worker has survived the exporter");

    private static Task KillAsync(string process) => SignalAsync(process, "KILL");

    private static async Task SignalAsync(string process, string signal)
    {
        await using var kill = ChildProcess.Start("/bin/sh", ["-c", $"kill -{signal} {process}"], "install dash");
        Assert.Equal(0, await kill.WaitForExitAsync());
    }
}
