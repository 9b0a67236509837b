using System.Globalization;
using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>Everything that may listen on a port instead of the server that was meant, and nothing at all.</summary>
public sealed class HostileTargetTests
{
    public static TheoryData<ClientKind> Clients => Servers.Clients;

    [AloneTheory]
    [MemberData(nameof(Clients))]
    public async Task Serve_HostileTargets_EachItsOwnReasonAndNoneDelaysAnother(ClientKind client)
    {
        await using var hostile = await HostilePeers.StartAsync();
        await using var healthy = await PythonPeer.StartRepAsync();
        await using var exporter = await ExporterProcess.StartAsync(ScenarioConfig.Of([("healthy", healthy.Endpoint, "ping"), .. hostile.Targets("ping")]).OverClient(client));

        // Every miss has its target's own reason: a single other one would keep this from ever holding. A scrape may fall between two counters.
        var samples = await exporter.EventuallyAsync(samples =>
            hostile.Reasons.All(target => TargetView.Of(samples, target.Key).State == "down"
                && HasItsReason(samples, target.Key, target.Value))
            && TargetView.Of(samples, "healthy").Probes >= 5);

        foreach (var (name, reason) in hostile.Reasons)
        {
            var view = TargetView.Of(samples, name);
            var reachable = reason == "socket_type" ? 1.0 : 0;
            Assert.True(view.Reachable == reachable, $"{name}: reachable is {view.Reachable}");
            Assert.Equal(0, view.Responsive);
        }

        // All have the same interval: whoever is delayed by another falls behind the others.
        var probes = hostile.Reasons.Keys.Append("healthy").Select(name => TargetView.Of(samples, name).Probes).ToList();
        Assert.True(probes.Max() - probes.Min() <= 2, $"probes: {string.Join(", ", probes)}");
        Assert.Equal(0, TargetView.Of(samples, "healthy").Missed);
        Assert.Equal(0, samples.Value("zmq_exporter_probes_skipped_total"));
        var check = await Promtool.CheckMetricsAsync(samples.Text);
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
    }

    [AloneFact]
    public async Task Serve_TenThousandProbesOfHostileTargets_NoDescriptorsAndNoMemoryAreLost()
    {
        await using var hostile = await HostilePeers.StartAsync();
        await using var healthy = await PythonPeer.StartRepAsync();
        (string Name, string Endpoint, string Module)[] once = [("healthy", healthy.Endpoint, "ping"), ("healthy_once", healthy.Endpoint, "once"), .. hostile.Targets("ping")];
        var config = ScenarioConfig.Of([.. once, .. once.Select(target => (target.Name + "_twice", target.Endpoint, target.Module))]) // so that it takes half of the time
            .Replace("interval: 1s, timeout: 900ms, policy: {late_after: 400ms}", "interval: 20ms, timeout: 20ms, policy: {late_after: 10ms}", StringComparison.Ordinal);
        await using var exporter = await ExporterProcess.StartAsync(config);
        var timeout = TimeSpan.FromMinutes(2);

        var start = await exporter.EventuallyAsync(samples => Probes(samples) >= 3_000, timeout);
        var end = await exporter.EventuallyAsync(samples => Probes(samples) >= 13_000, timeout);

        var descriptors = end.Value("process_open_fds") - start.Value("process_open_fds");
        Assert.True(descriptors <= 16, $"{descriptors} descriptors more"); // connections that are being made at this moment
        var memory = end.Value("process_resident_memory_bytes") - start.Value("process_resident_memory_bytes");
        Assert.True(memory <= 48 << 20, string.Create(CultureInfo.InvariantCulture, $"{memory / (1 << 20):0} MiB more")); // a leak of 5 kB a probe shows
    }

    // On a busy machine a server that is no ZeroMQ server may not find the time to say so.
    private static bool HasItsReason(MetricSamples samples, string target, string reason) => reason == "not_zmtp"
        ? TargetView.Failures(samples, target, reason) >= 3
            && TargetView.Of(samples, target).Missed == TargetView.Failures(samples, target, reason) + TargetView.Failures(samples, target, "handshake_timeout")
        : TargetView.AllMissesAre(samples, target, reason);

    private static double Probes(MetricSamples samples) => samples.Find("zmq_probes_total").Sum(sample => sample.Value);
}
