using System.Globalization;

namespace ZmqExporter.EndToEndTests;

/// <summary>Limits follow the targets that are really there, and not those of the config alone.</summary>
public sealed class DiscoveryLimitTests : IDisposable
{
    private const string Modules = """
        modules:
          ping: {prober: request, interval: 2s, timeout: 2s, send: [ping], expect: [{equals: pong}]}
          by_netmq: {extends: ping, client: netmq, interval: 10s, timeout: 5s}

        """;

    private readonly TempDirectory _targets = new();

    public void Dispose() => _targets.Dispose();

    // A worker that was started for one target has room for a hundred or so.
    [AloneFact]
    public async Task Discovery_ManyNetMqTargetsAfterTheStart_HaveRoomInTheWorkerThatRuns()
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(server, "by_netmq"));
        await exporter.EventuallyAsync(samples => Up(samples) == 1, 2 * Eventually.Deadline);

        Write(server, "by_netmq", 150);
        var samples = await exporter.EventuallyAsync(samples => Up(samples) == 151, 2 * Eventually.Deadline);

        Assert.Equal(0, samples.Find("zmq_probe_failures_total", ("reason", "local_error")).Sum(sample => sample.Value));
        Assert.Equal(0, samples.Value("zmq_exporter_netmq_restarts_total"));
    }

    [AloneTheory]
    [InlineData("ping", 90, "msg=\"the limit of open files is too low for these targets: some will be unknown")]
    [InlineData("by_netmq", 90, "msg=\"the limit of open files is too low for the targets with client: netmq: some will be unknown\"")]
    public async Task Discovery_MoreTargetsThanTheLimitOfFilesAllows_IsSaidAndTheOthersAreProbed(string module, int count, string expected)
    {
        await using var server = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartInAsync(ExporterProcess.FileLimit(35), Config(server, "ping"));
        await exporter.EventuallyAsync(samples => Up(samples) == 1);
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("the limit of open files is too low", StringComparison.Ordinal));

        Write(server, module, count);

        await Eventually.TrueAsync(() => exporter.LogLines.Any(line => line.Contains(expected, StringComparison.Ordinal)), $"the log never said {expected}");
        await exporter.EventuallyAsync(samples => Up(samples) >= 2 && samples.Find("zmq_target_failing", ("reason", "local_error")).Count > 0, 2 * Eventually.Deadline);
        Assert.Equal(0, (await exporter.ScrapeAsync()).Find("zmq_target_state", ("state", "down")).Sum(sample => sample.Value));
    }

    // 3,000 targets do not fit into 32 MiB. Once most have gone, those that had no place are probed, without a restart.
    [AloneFact]
    public async Task Discovery_TargetsWithoutMemory_AreProbedOnceOthersHaveGone()
    {
        await using var server = await PythonPeer.StartRepAsync();
        Write(server, "ping", 3000, "tcp://127.0.0.1:1");
        await using var exporter = await ExporterProcess.StartInAsync("export DOTNET_GCHeapHardLimit=2000000", Config(server, "ping"));
        var full = await exporter.EventuallyAsync(samples => samples.Value("zmq_exporter_targets_refused") > 0 && Up(samples) == 1, 2 * Eventually.Deadline);
        Assert.Empty(full.Find("zmq_probes_total", ("target", "t2999")));

        Write(server, "ping", 3000, server.Endpoint, from: 2980);
        var samples = await exporter.EventuallyAsync(samples => Up(samples) == 21, 2 * Eventually.Deadline);
        Assert.Equal(0, samples.Value("zmq_exporter_targets_refused"));
    }

    private static int Up(MetricSamples samples) => samples.Find("zmq_target_state", ("state", "up")).Count(sample => sample.Value == 1);

    private string Config(ServerPeer server, string module) =>
        $"{Modules}targets: [{{name: first, endpoint: '{server.Endpoint}', modules: [{module}]}}]\ntarget_files: ['{_targets.Path}/list.yml']\n";

    private void Write(ServerPeer server, string module, int count, string? endpoint = null, int from = 0)
    {
        var list = string.Concat(Enumerable.Range(from, count - from).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"- targets: ['{endpoint ?? server.Endpoint}']\n  labels: {{__zmq_name__: t{i}, __zmq_modules__: {module}}}\n")));
        File.Move(_targets.Write("next", list), Path.Combine(_targets.Path, "list.yml"), overwrite: true);
    }
}
