using System.Globalization;
using System.Net;
using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Less of the system than the configuration needs: the process lives, says so, and calls nobody down for it.</summary>
public sealed class ExhaustionTests
{
    public static TheoryData<ClientKind> Clients => Servers.Clients;

    [AloneFact]
    public async Task Serve_FewerDescriptorsThanTargets_SomeAreUnknownNoneIsDownAndTheyRecoverByThemselves()
    {
        await using var first = await PythonPeer.StartRepAsync();
        await using var second = await PythonPeer.StartRepAsync();
        (string Name, string Endpoint, string Module)[] targets =
        [
            .. Enumerable.Range(0, 40).Select(i => ($"a{i}", first.Endpoint, "ping")),
            .. Enumerable.Range(0, 20).Select(i => ($"b{i}", second.Endpoint, i % 2 == 0 ? "ping" : "once")),
        ];
        await using var exporter = await ExporterProcess.StartInAsync(ExporterProcess.FileLimit(35), ScenarioConfig.Of(targets));
        var idle = new List<RawHttpClient>();
        try
        {
            for (var i = 0; i < 60; i++)
            {
                idle.Add(await RawHttpClient.ConnectAsync(exporter.Address, "127.0.0.2"));
            }

            Assert.Contains(exporter.LogLines, line => line.Contains("msg=\"the limit of open files is too low for these targets", StringComparison.Ordinal));
            var starved = await exporter.EventuallyAsync(samples =>
                targets.All(target => TargetView.Of(samples, target.Name).Probes >= 3) && Count(samples, "unknown") >= 10 && Count(samples, "up") >= 10);
            Assert.Equal(0, Count(starved, "down") + Count(starved, "suspect"));
            Assert.Equal(0, starved.Find("zmq_probe_misses_total").Sum(sample => sample.Value));
            Assert.InRange(starved.Value("process_open_fds")!.Value, 0, ExporterProcess.FilesOfItsOwn + 35 - 8);
            Assert.Contains(exporter.LogLines, line =>
                line.Contains("reason=local_error detail=\"this process has no file descriptors left for a new connection: ", StringComparison.Ordinal)
                && line.Contains("raise its limit (ulimit -n, LimitNOFILE) to at least ", StringComparison.Ordinal));

            // What the lost server's targets had is there for the others now. A refused connect holds its descriptor for a moment only.
            await first.DisposeAsync();
            await exporter.EventuallyAsync(samples => targets.All(target =>
                TargetView.Of(samples, target.Name).State == (target.Name[0] == 'a' ? "down" : "up")));
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }

        Assert.Equal(0, await EndAsync(exporter));
    }

    [AloneTheory]
    [MemberData(nameof(Clients))]
    public async Task Serve_LimitThatIsLoweredAndRaisedMeanwhile_OwnConnectionsAreRefusedAndComeBack(ClientKind client)
    {
        await using var server = await PythonPeer.StartRepAsync();
        (string Name, string Endpoint, string Module)[] targets = [.. Enumerable.Range(0, 5).Select(i => ($"t{i}", server.Endpoint, "once"))];
        await using var exporter = await ExporterProcess.StartInAsync("ulimit -n 2000", ScenarioConfig.Of(targets).OverClient(client));
        var up = await exporter.EventuallyAsync(samples => Count(samples, "up") == targets.Length);

        // Enough for the process, and less than its reserve.
        await SetSoftLimitAsync(exporter, (int)up.Value("process_open_fds")!.Value + 30);
        if (client == ClientKind.NetMq)
        {
            // Its connections are those of another process.
            var probes = TargetView.Of(up, "t0").Probes;
            var later = await exporter.EventuallyAsync(samples =>
                samples.Value("zmq_exporter_descriptors_limit") == 0 && TargetView.Of(samples, "t0").Probes >= probes + 3);
            Assert.Equal(targets.Length, Count(later, "up"));
            Assert.Equal(0, await EndAsync(exporter));
            return;
        }

        var refused = await exporter.EventuallyAsync(samples =>
            Count(samples, "unknown") == targets.Length && samples.Value("zmq_exporter_descriptors_limit") == 0);
        Assert.Equal(0, refused.Find("zmq_probe_misses_total").Sum(sample => sample.Value));
        Assert.Contains(exporter.LogLines, line =>
            line.Contains("state=unknown before=up reason=local_error detail=\"this process has no file descriptors left for a new connection", StringComparison.Ordinal));

        await SetSoftLimitAsync(exporter, 2000);
        var again = await exporter.EventuallyAsync(samples => Count(samples, "up") == targets.Length);
        Assert.Equal(0, await EndAsync(exporter));
    }

    [AloneFact]
    public async Task Serve_FarMoreHttpClientsThanDescriptors_ProbesGoOnAndSoDoScrapes()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartInAsync(
            ExporterProcess.FileLimit(35), ScenarioConfig.Of([.. Enumerable.Range(0, 20).Select(i => ($"t{i}", server.Endpoint, i % 2 == 0 ? "ping" : "once"))]));
        await exporter.EventuallyAsync(samples => Count(samples, "up") == 20);
        for (var round = 0; round < 3; round++)
        {
            var clients = new List<RawHttpClient>();
            try
            {
                for (var i = 0; i < 400; i++)
                {
                    clients.Add(await RawHttpClient.ConnectAsync(exporter.Address, $"127.0.1.{1 + (i / 50)}"));
                }
            }
            finally
            {
                clients.ForEach(client => client.Dispose());
            }

            // Others had taken every connection.
            await Eventually.GetAsync(
                async () =>
                {
                    try
                    {
                        return (await exporter.ScrapeAsync()).Text;
                    }
                    catch (HttpRequestException)
                    {
                        return null;
                    }
                },
                Eventually.Deadline,
                () => "no scrape succeeds any more");
        }

        var samples = await exporter.ScrapeAsync();
        Assert.Equal(20, Count(samples, "up"));
        Assert.Equal(0, samples.Find("zmq_probe_failures_total").Sum(sample => sample.Value));
        Assert.Equal(0, await EndAsync(exporter));
    }

    [Fact]
    public async Task Serve_SoftLimitBelowTheHardOne_IsRaised()
    {
        await using var exporter = await ExporterProcess.StartInAsync("ulimit -Sn 256; ulimit -Hn 1500", Configs.Nothing);
        Assert.Equal(1500, (await exporter.ScrapeAsync()).Value("process_max_fds"));
    }

    [Fact]
    public async Task Serve_FewerDescriptorsThanTheProcessNeeds_EndsAndSaysHowManyWouldDo()
    {
        using var directory = new TempDirectory();
        var file = directory.Write("zmq_exporter.yml", Configs.Refused);
        var own = ExporterProcess.FilesOfItsOwn;
        await using var process = ExporterProcess.StartProcessIn(ExporterProcess.FileLimit(-10), [$"--config.file={file}", "--web.listen-address=127.0.0.1:0"]);
        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Equal(
            [string.Create(CultureInfo.InvariantCulture, $"zmq_exporter: this process may open {own - 10} files and needs about {own + 9}, {own} of them for itself: raise the limit (ulimit -n, LimitNOFILE)")],
            process.Error);
    }

    [AloneFact]
    public async Task Serve_LessMemoryThanTargetsNeed_RefusesTheOthersByNameAndLargeRepliesEndNothing()
    {
        const int all = 2_000;
        const int large = 60;
        await using var server = await PythonPeer.StartRepAsync();
        await using var flood = new LargeReplies();
        var config = ScenarioConfig.Of(
        [
            ("healthy", server.Endpoint, "ping"),
            .. Enumerable.Range(0, large).Select(i => (string.Create(CultureInfo.InvariantCulture, $"large{i}"), flood.Endpoint, "echo")),
            .. Enumerable.Range(0, all - large - 1).Select(i => (string.Create(CultureInfo.InvariantCulture, $"t{i}"), "tcp://127.0.0.1:1", "ping")),
        ]);
        await using var exporter = await ExporterProcess.StartInAsync("export DOTNET_GCHeapHardLimit=2000000", config);

        var samples = await exporter.EventuallyAsync(
            samples => TargetView.Of(samples, "healthy").Probes >= 10, 2 * Eventually.Deadline);

        Assert.Equal("up", TargetView.Of(samples, "healthy").State);
        Assert.Equal(0, TargetView.Of(samples, "healthy").Missed);
        var refused = samples.Value("zmq_exporter_targets_refused")!.Value;
        Assert.InRange(refused, 100, all - 100);
        Assert.Equal(all, refused + samples.Value("zmq_exporter_targets"));
        var line = Assert.Single(exporter.LogLines, line => line.Contains("msg=\"targets are not probed, because there is not enough memory", StringComparison.Ordinal));
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $"refused={refused} targets={all} limit_bytes=33554432 names=\"t[0-9]+/ping, .*, and more\"$"), line);

        // None of the large replies is what was expected; those for which there was no memory say nothing of their server.
        Assert.Contains(samples.Find("zmq_probe_failures_total", ("reason", "local_error")), sample => sample.Value > 0);
        Assert.Contains(exporter.LogLines, line =>
            line.Contains("reason=local_error detail=\"this process has no memory left for what the peer sends", StringComparison.Ordinal));
        using var response = await exporter.GetAsync("/-/healthy");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, await EndAsync(exporter));
    }

    private static int Count(MetricSamples samples, string state) =>
        samples.Find("zmq_target_state", ("state", state)).Count(sample => sample.Value == 1);

    private static async Task SetSoftLimitAsync(ExporterProcess exporter, int limit)
    {
        await using var prlimit = ChildProcess.Start(
            "prlimit",
            [string.Create(CultureInfo.InvariantCulture, $"--pid={exporter.Process.Id}"), string.Create(CultureInfo.InvariantCulture, $"--nofile={limit}:")],
            "install it with: apt-get install util-linux");
        Assert.Equal(0, await prlimit.WaitForExitAsync());
    }

    private static async Task<int> EndAsync(ExporterProcess exporter)
    {
        await exporter.Process.SignalAsync("TERM");
        return await exporter.Process.WaitForExitAsync();
    }
}
