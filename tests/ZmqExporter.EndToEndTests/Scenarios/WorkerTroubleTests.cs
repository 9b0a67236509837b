using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>NetMQ's worker processes end, hang or are too small: what becomes of their targets, which are not to blame.</summary>
public sealed class WorkerTroubleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // on a busy machine

    [Fact]
    public async Task Serve_WorkersAreKilledAgainAndAgain_NobodyIsBlamedAndAllAreProbedAgain()
    {
        const int Kills = 6;
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(
            Config(("own", server.Endpoint, "ping"), ("netmq_1", server.Endpoint, "netmq"), ("netmq_2", server.Endpoint, "netmq")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq_1", "netmq_2"), Patience);
        var pipes = PipesOf(exporter);
        for (var i = 1; i <= Kills; i++)
        {
            var worker = await Eventually.GetAsync(
                () => Task.FromResult(WorkerProcesses.Of(exporter) is [var worker] ? worker : null), Patience, () => "no worker was started again" + exporter.Process.Transcript());
            await WorkerProcesses.SignalAsync(worker, "KILL");
            await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_netmq_restarts_total") == i, Patience);
        }

        var samples = await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq_1", "netmq_2"), Patience);

        Assert.All((string[])["own", "netmq_1", "netmq_2"], target => Assert.Equal(0, TargetView.Of(samples, target).Missed));
        Assert.Equal(0, TargetView.Failures(samples, "own", "local_error"));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("quarantine", StringComparison.Ordinal));
        Assert.Empty(samples.Find("zmq_exporter_netmq_quarantined"));
        Assert.InRange(PipesOf(exporter), 0, pipes); // what a worker was reached by is closed when it ends
    }

    [Fact]
    public async Task Serve_WorkerIsStopped_ItsTargetsAreUnknownAndNotDownUntilAnotherTakesItsPlace()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("own", server.Endpoint, "ping"), ("netmq", server.Endpoint, "netmq")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq"), Patience);
        var worker = Assert.Single(WorkerProcesses.Of(exporter));

        await WorkerProcesses.SignalAsync(worker, "STOP");
        var samples = await exporter.EventuallyAsync(samples => TargetView.Of(samples, "netmq").State == "unknown", Patience);
        Assert.Equal(0, TargetView.Of(samples, "netmq").Missed);
        Assert.Equal(0, TargetView.Of(samples, "own").Missed);

        // Nobody lets it go on: it is replaced.
        samples = await exporter.EventuallyAsync(samples => IsUp(samples, "own", "netmq"), Patience);
        Assert.Equal(1, samples.Value("zmq_exporter_netmq_restarts_total"));
        Assert.True(WorkerProcesses.IsGone(worker));
        Assert.Contains(exporter.LogLines, line => line.Contains("did not answer any more", StringComparison.Ordinal));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("quarantine", StringComparison.Ordinal));
    }

    // With one target it is alone in the worker, whatever that died of.
    [Fact]
    public async Task Serve_WorkerOfOneTargetCrashesByItself_TheTargetIsTriedAndNotQuarantined()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("netmq", server.Endpoint, "netmq")));
        await exporter.EventuallyAsync(samples => IsUp(samples, "netmq"), Patience);

        await WorkerProcesses.SignalAsync(Assert.Single(WorkerProcesses.Of(exporter)), "TRAP"); // to .NET it is a crash of its own

        // It goes back to the worker for all once it has been tried.
        var samples = await exporter.EventuallyAsync(
            samples => samples.Value("zmq_exporter_netmq_restarts_total") == 1 && IsUp(samples, "netmq"), Patience);
        Assert.Contains(exporter.LogLines, line => line.Contains("is tried alone", StringComparison.Ordinal));
        Assert.Equal(0, TargetView.Of(samples, "netmq").Missed);
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("quarantine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_ManyNetMqTargetsCome_AllAreProbed()
    {
        const int Many = 150; // more than a worker for a few targets would take
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(("netmq_0", server.Endpoint, "netmq")), "--log.level=debug");
        await exporter.EventuallyAsync(samples => IsUp(samples, "netmq_0"), Patience);
        var names = Enumerable.Range(0, Many).Select(i => string.Create(CultureInfo.InvariantCulture, $"netmq_{i}")).ToArray();

        await File.WriteAllTextAsync(
            exporter.ConfigFile, Config([.. names.Select(name => (name, server.Endpoint, "netmq"))]), TestContext.Current.CancellationToken);
        await exporter.Process.SignalAsync("HUP");

        var samples = await exporter.EventuallyAsync(
            samples => samples.Value("zmq_target_state", ("target", names[^1]), ("state", "up")) is not null && IsUp(samples, names), Patience);
        Assert.All(names, name => Assert.Equal(0, TargetView.Of(samples, name).Missed));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("no file descriptors left", StringComparison.Ordinal)); // a busy machine is a local_error, too
    }

    // Whoever takes over a worker has neither the exporter's port nor its secrets.
    [Fact]
    public async Task Serve_SocketOfSystemd_IsNotTheWorkers()
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var directory = new TempDirectory();
        var config = directory.Write("zmq_exporter.yml", Config(("netmq", server.Endpoint, "netmq")));
        var socket = Path.Combine(directory.Path, "s.sock");
        await using var activator = ChildProcess.Start(
            "systemd-socket-activate",
            ["--setenv=DB_PASSWORD=secret", $"--listen={socket}", ExporterProcess.Executable, $"--config.file={config}", "--web.systemd-socket"],
            "install it with: apt-get install systemd");
        await activator.WaitForLineAsync("Listening on ");
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await client.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket), TestContext.Current.CancellationToken);

        var worker = await Eventually.GetAsync(
            () => Task.FromResult(WorkerProcesses.Of(activator.Id) is [var worker] ? worker : null), Patience, () => "no worker" + activator.Transcript());

        var listening = new FileInfo($"/proc/{activator.Id}/fd/3").LinkTarget!;
        Assert.StartsWith("socket:", listening, StringComparison.Ordinal);
        var files = WorkerProcesses.FilesOf(worker);
        Assert.NotEmpty(files);
        Assert.DoesNotContain(listening, files, StringComparer.Ordinal);
        Assert.DoesNotContain("secret", await File.ReadAllTextAsync($"/proc/{worker}/environ", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static string Config(params ReadOnlySpan<(string Name, string Endpoint, string Module)> targets) => """
        defaults: {interval: 500ms, timeout: 450ms, policy: {late_after: 400ms}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          netmq: {extends: ping, client: netmq}

        """ + ScenarioConfig.Targets(targets);

    private static bool IsUp(MetricSamples samples, params IEnumerable<string> targets) =>
        targets.All(target => TargetView.Of(samples, target).State == "up");

    // Other descriptors come and go: connections, and what .NET maps.
    private static int PipesOf(ExporterProcess exporter) =>
        WorkerProcesses.FilesOf($"{exporter.Process.Id}").Count(file => file.StartsWith("pipe:", StringComparison.Ordinal));
}
