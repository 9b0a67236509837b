using System.Globalization;
using ZmqExporter.Teaching;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>
/// Servers whose words end a process that uses NetMQ without precautions, and servers that say anything at all. The exporter lives, its other
/// targets go on, and the culprit is named.
/// </summary>
public sealed class NetMqHostileTests
{
    private const int Healthy = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3); // on a busy machine

    private static readonly string Modules = $$$"""
        defaults: {interval: 500ms, timeout: 450ms, policy: {late_after: 400ms}}
        modules:
          ping: {prober: request, send: [ping], expect: [{equals: pong}]}
          netmq: {extends: ping, client: netmq}
          netmq_dealer: {prober: request, client: netmq, socket: dealer, send: ["", ping], expect: [{frame: 1, equals: pong}]}
          netmq_curve: {extends: netmq, security: {mechanism: curve, server_public_key: {{{YamlText.Scalar(CurveKeyPair.Generate().PublicKey.ToString()!)}}}}}

        """;

    [AloneFact]
    public async Task Serve_EveryHostileServerAtOnce_AllKillersAreQuarantinedAndAllOthersGoOn()
    {
        var inputs = HostileInput.All;
        var servers = inputs.Select(Serve).ToList();
        try
        {
            await using var healthy = await HealthyServers.StartAsync();
            await using var exporter = await ExporterProcess.StartAsync(
                Modules + ScenarioConfig.Targets([.. inputs.Zip(servers, (input, server) => (input.Name, EndpointOf(server), ModuleOf(input))), .. healthy.Targets]));

            await AssertSurvivesAsync(
                exporter,
                restarts => restarts >= 1,
                () => inputs.Where(input => input.KillsNetMq && !IsBounded(input)).All(input => IsQuarantined(exporter, input.Name)));

            foreach (var input in inputs.Where(input => !input.KillsNetMq))
            {
                Assert.False(IsQuarantined(exporter, input.Name), $"{input.Name} was accused wrongly{exporter.Process.Transcript()}");
            }

            Assert.DoesNotContain(exporter.LogLines, line => line.Contains("quarantined", StringComparison.Ordinal) && line.Contains("healthy_", StringComparison.Ordinal));
            // What the worker had to go through did not touch this process.
            var last = await exporter.ScrapeAsync();
            Assert.True(last.Value("process_resident_memory_bytes") < 256 << 20, string.Create(CultureInfo.InvariantCulture, $"{last.Value("process_resident_memory_bytes")} bytes resident"));
            Assert.Equal(inputs.Count(input => input.KillsNetMq && !IsBounded(input)), last.Find("zmq_exporter_netmq_quarantined").Count);
            await AssertEndsWellAsync(exporter);
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }

    [AloneFact]
    public async Task Serve_EndlessFrames_MemoryIsBounded()
    {
        using var server = Serve(HostileInput.All.Single(input => input.Name == "endless_more"));
        await using var healthy = await HealthyServers.StartAsync();
        await using var exporter = await ExporterProcess.StartAsync(
            Modules + ScenarioConfig.Targets([("endless", EndpointOf(server), "netmq_dealer"), .. healthy.Targets]));

        var samples = await exporter.EventuallyAsync(
            samples => TargetView.Of(samples, "endless") is { State: "down", Probes: >= 20 } && samples.Value("zmq_target_failing", ("target", "endless"), ("reason", "too_large")) == 1,
            Patience);

        // Each connection may bring what one timeout lets through; what earlier ones brought must be gone.
        Assert.True(samples.Value("process_resident_memory_bytes") < 1 << 30, string.Create(CultureInfo.InvariantCulture, $"{samples.Value("process_resident_memory_bytes")} bytes resident"));
        AssertHealthy(samples, "zmtp");
        await AssertEndsWellAsync(exporter);
    }

    [AloneTheory]
    [InlineData(20261)]
    [InlineData(20262)]
    public async Task Serve_ServersThatSayAnything_TheProcessLivesAndAllOthersGoOn(int seed)
    {
        const int Connections = 400;
        using var babble = new Babble(seed, servers: 30);
        await using var healthy = await HealthyServers.StartAsync();
        var config = (Modules + ScenarioConfig.Targets([.. babble.Targets("netmq_dealer"), .. healthy.Targets]))
            .Replace("modules: [netmq_dealer]}", "modules: [netmq_dealer], interval: 250ms, timeout: 200ms, policy: {late_after: 100ms}}", StringComparison.Ordinal);
        await using var exporter = await ExporterProcess.StartAsync(config);

        await AssertSurvivesAsync(exporter, restarts => restarts >= 1, () => babble.Accepted >= Connections);

        Assert.Empty(babble.Failures);
        await AssertEndsWellAsync(exporter);
    }

    /// <summary>Waits until what must happen has happened, and until NetMQ has not died for a while; then judges everybody else by their counters.</summary>
    private static async Task AssertSurvivesAsync(ExporterProcess exporter, Func<double, bool> hasRestarted, Func<bool> hasHappened)
    {
        var first = await exporter.EventuallyAsync(samples => Names("zmtp").All(name => TargetView.Of(samples, name).Probes >= 1), Patience);
        await exporter.EventuallyAsync(samples => hasRestarted(Restarts(samples)) && hasHappened(), Patience);
        var restarts = -1.0;
        var since = 0.0;
        var samples = await exporter.EventuallyAsync(
            samples =>
            {
                var probes = TargetView.Of(samples, "healthy_zmtp_0").Probes;
                if (Restarts(samples) != restarts)
                {
                    (restarts, since) = (Restarts(samples), probes);
                }

                return probes >= since + 10 && Names("netmq").All(name => TargetView.Of(samples, name).State == "up");
            },
            Patience);

        AssertHealthy(samples, "zmtp");
        AssertHealthy(samples, "netmq"); // a death of NetMQ is our own fault, and no target's
        AssertScheduleKept(first, samples);
        var check = await Promtool.CheckMetricsAsync(samples.Text);
        Assert.Equal(("", 0), (check.Output + check.Error, check.ExitCode));
    }

    private static void AssertHealthy(MetricSamples samples, string client)
    {
        foreach (var name in Names(client))
        {
            var view = TargetView.Of(samples, name);
            Assert.True(view is { State: "up", Missed: 0 }, $"{name}: {view}\n{samples.Text}");
        }
    }

    /// <summary>Every time that a target of our own client was due, it was probed; one may lie on either edge of what is compared.</summary>
    private static void AssertScheduleKept(MetricSamples first, MetricSamples last)
    {
        foreach (var name in Names("zmtp"))
        {
            var label = ("target", name);
            var time = last.Value("zmq_probe_last_timestamp_seconds", label) - first.Value("zmq_probe_last_timestamp_seconds", label);
            var due = Math.Round(time!.Value / last.Value("zmq_target_interval_seconds", label)!.Value);
            var probes = TargetView.Of(last, name).Probes - TargetView.Of(first, name).Probes;
            Assert.True(Math.Abs(due - probes) <= 1, $"{name}: {probes} probes, and {due} were due");
        }
    }

    private static async Task AssertEndsWellAsync(ExporterProcess exporter)
    {
        await exporter.Process.SignalAsync("TERM");
        Assert.Equal(0, await exporter.Process.WaitForExitAsync());
    }

    private static bool IsQuarantined(ExporterProcess exporter, string target) => exporter.LogLines.Any(line =>
        line.Contains("quarantined", StringComparison.Ordinal) && line.Contains($"targets={target}/", StringComparison.Ordinal));

    private static double Restarts(MetricSamples samples) => samples.Value("zmq_exporter_netmq_restarts_total")!.Value;

    // What a limit on messages keeps from being fatal, which the exporter always sets.
    private static bool IsBounded(HostileInput input) => input.Name == "unversioned_2gb";

    private static string ModuleOf(HostileInput input) => input.ForCurve ? "netmq_curve" : "netmq_dealer";

    private static string EndpointOf(ScriptedServer server) => string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{server.Port}");

    private static IEnumerable<string> Names(string client) => Enumerable.Range(0, Healthy).Select(i => $"healthy_{client}_{i}");

    private static ScriptedServer Serve(HostileInput input) => new(peer =>
    {
        peer.Send(input.First);
        while (input.ForEver is not null)
        {
            peer.Send(input.ForEver);
        }

        peer.ExpectEnd();
    });

    /// <summary>Servers that must not suffer: each client's targets have their own.</summary>
    private sealed class HealthyServers : IAsyncDisposable
    {
        private readonly List<ServerPeer> _peers = [];

        public (string Name, string Endpoint, string Module)[] Targets =>
        [
            .. Names("zmtp").Select(name => (name, _peers[0].Endpoint, "ping")),
            .. Names("netmq").Select(name => (name, _peers[1].Endpoint, "netmq")),
        ];

        public static async Task<HealthyServers> StartAsync()
        {
            var servers = new HealthyServers();
            servers._peers.Add(await PythonPeer.StartRepAsync());
            servers._peers.Add(await PythonPeer.StartRepAsync());
            return servers;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var peer in _peers)
            {
                await peer.DisposeAsync();
            }
        }
    }
}
