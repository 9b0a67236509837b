using System.Globalization;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Hundreds of targets that fail all at once and come back. Counts connections, misses and probes, never time.</summary>
public sealed class StormTests
{
    private const int Targets = 300;
    private const int Neighbours = 5;
    private const int Outage = 8; // misses in a row

    [AloneTheory]
    [InlineData("silent")]
    [InlineData("drop")]
    [InlineData("frozen")]
    [InlineData("refuse")]
    public async Task Serve_HundredsOfTargetsFailAtOnce_FewConnectionsNoMissesOfOthersAndAllComeBack(string kind)
    {
        await using var storm = await PythonPeer.StartAsync("storm.py");
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(Config(storm.Port, healthy.Endpoint));
        var before = await exporter.EventuallyAsync(samples => Count(samples, "up") == Targets + Neighbours);
        var connectionsBefore = await AcceptedAsync(storm, "count");

        await BeginAsync(storm, kind);
        await exporter.EventuallyAsync(samples => Stormy(samples, "zmq_target_consecutive_misses").All(misses => misses >= Outage));
        await EndAsync(storm, kind);
        var back = await exporter.ScrapeAsync();
        var after = await exporter.EventuallyAsync(samples => Count(samples, "up") == Targets + Neighbours);
        var connections = await AcceptedAsync(storm, "count") - connectionsBefore;

        var probes = Stormy(after, "zmq_probes_total").Sum() - Stormy(before, "zmq_probes_total").Sum();
        var asked = kind == "refuse" ? Connects(after) - Connects(before) : connections; // a peer that does not listen counts nothing
        Assert.True(asked <= 1.3 * probes, Text($"{asked} connections for {probes} probes"));
        Assert.True(asked >= 0.5 * probes, Text($"only {asked} connections were counted for {probes} probes"));

        // The probe that was under way, and one that may find a server which is not through with what had come meanwhile.
        var missed = Stormy(after, "zmq_probe_misses_total").Sum() - Stormy(back, "zmq_probe_misses_total").Sum();
        Assert.True(missed <= 2 * Targets, Text($"{missed} misses of {Targets} targets after all were back"));
        Assert.All(Healthy(after, "zmq_probe_misses_total"), misses => Assert.Equal(0, misses));
        Assert.All(Healthy(after, "zmq_probes_total"), count => Assert.True(count >= Outage));
        Assert.DoesNotContain(exporter.LogLines, line => line.Contains("held back", StringComparison.Ordinal));
    }

    private static async Task BeginAsync(ServerPeer storm, string kind)
    {
        if (kind == "frozen")
        {
            await storm.Process.SignalAsync("STOP");
        }
        else
        {
            await storm.CommandAsync(kind);
        }
    }

    private static Task EndAsync(ServerPeer storm, string kind) => kind == "frozen" ? storm.ThawAsync("serve") : storm.CommandAsync("serve");

    private static async Task<int> AcceptedAsync(ServerPeer storm, string command)
    {
        var seen = storm.Process.Output.Count;
        await storm.CommandAsync(command);
        var line = await storm.Process.WaitForLineAsync(@"^accepted (\d+)$", seen);
        return int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    private static string Config(int port, string healthy) => """
        defaults: {interval: 1s, timeout: 900ms}
        metrics: {detail: full}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          echo: {prober: request, send: ["{token}"], expect: [{equals: "{token}"}]}
          transport: {prober: handshake}

        """ + ScenarioConfig.Targets(
        [
            .. Enumerable.Range(0, Neighbours).Select(i => (Text($"healthy_{i}"), healthy, "ping")),
            .. Enumerable.Range(0, Targets).Select(i => (Text($"storm_{i}"), Text($"tcp://127.0.{1 + (i / 250)}.{i % 250}:{port}"), i % 2 == 0 ? "echo" : "transport")),
        ]);

    private static int Count(MetricSamples samples, string state) => samples.Find("zmq_target_state", ("state", state)).Count(sample => sample.Value == 1);

    private static double Connects(MetricSamples samples) =>
        samples.Find("zmq_connection_events_total", ("event", "connect_delayed")).Where(sample => IsStormy(sample.Labels["target"])).Sum(sample => sample.Value);

    private static List<double> Stormy(MetricSamples samples, string name) =>
        [.. samples.Find(name).Where(sample => IsStormy(sample.Labels["target"])).Select(sample => sample.Value)];

    private static List<double> Healthy(MetricSamples samples, string name) =>
        [.. samples.Find(name).Where(sample => !IsStormy(sample.Labels["target"])).Select(sample => sample.Value)];

    private static bool IsStormy(string target) => target.StartsWith("storm_", StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
