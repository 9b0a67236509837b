using Zmtp;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>Everything that has to work: which servers there are, and how each of them is probed.</summary>
internal static class Combinations
{
    /// <summary>Every socket type of ZMTP 3.1 that libzmq and NetMQ have.</summary>
    public static readonly SocketType[] Types = Enum.GetValues<SocketType>();

    /// <summary>The mechanisms that we have.</summary>
    public static readonly string[] Mechanisms = ["null", "plain", "curve"];

    /// <summary>The transports that we have.</summary>
    public static readonly string[] Transports = ["tcp4", "tcp6", "ipc", "abstract"];

    /// <summary>What answers, or publishes: beyond the handshake, these are probed for what they do.</summary>
    private static readonly Dictionary<SocketType, string> Probers = new()
    {
        [SocketType.Rep] = "request",
        [SocketType.Router] = "request",
        [SocketType.Pub] = "subscribe",
    };

    /// <summary>All of them for these mechanisms and transports, but for what <see cref="IsRefused"/>.</summary>
    public static IEnumerable<Combination> Of(IReadOnlyCollection<string> mechanisms, IReadOnlyCollection<string> transports) =>
        from type in Types
        from mechanism in mechanisms
        from transport in transports
        from prober in Probers.TryGetValue(type, out var other) ? ["handshake", other] : new[] { "handshake" }
        let combination = new Combination(type, mechanism, transport, prober)
        where !IsRefused(combination)
        select combination;

    /// <summary>A PUSH gives work to every PULL whose handshake ends, and only NULL tells what it is before that: the config refuses the others.</summary>
    public static bool IsRefused(Combination combination) => combination is { Server: SocketType.Push, Mechanism: not "null" };

    /// <summary>The config of these targets.</summary>
    public static string Config(IEnumerable<MatrixTarget> targets)
    {
        var list = targets.ToList();
        var modules = list.DistinctBy(target => target.Module, StringComparer.Ordinal).Select(target => $"  {target.Module}: {target.ModuleText}\n");
        var entries = list.Select(target => $"  - {{name: {target.Name}, endpoint: \"{target.Endpoint}\", modules: [{target.Module}]}}\n");
        return $$"""
            defaults: {interval: 2s, timeout: 1900ms, policy: {late_after: 1800ms} }
            metrics: {buckets: [0.5]}
            modules:
            {{string.Concat(modules)}}
            targets:
            {{string.Concat(entries)}}
            """;
    }

    /// <summary>Waits until a target is up, and looks at all that the scrape says of it.</summary>
    public static async Task AssertUpAsync(ExporterProcess exporter, Combination target, string zmtpVersion)
    {
        // From its second probe on: a scrape that catches the first one may show half of it. State and answers may be of two moments.
        var samples = await exporter.EventuallyAsync(
            samples => Scenarios.TargetView.Of(samples, target.Name) is { State: "up", Probes: >= 2 } view
                && (view.Reachable, view.Responsive, view.Ready) == target.Answers);

        var peer = Assert.Single(samples.Find("zmq_peer_info", ("target", target.Name)));
        Assert.Equal(
            (Combination.OnTheWire(target.Server), target.Mechanism.ToUpperInvariant(), zmtpVersion),
            (peer.Labels["socket_type"], peer.Labels["mechanism"], peer.Labels["zmtp_version"]));
        if (target.Prober == "subscribe")
        {
            Assert.True(samples.Value("zmq_subscription_messages_total", ("target", target.Name)) > 0);
        }
    }
}

/// <summary>A target of a matrix, with the module of its own or one that it shares.</summary>
internal sealed record MatrixTarget(string Name, string Endpoint, string Module, string ModuleText);
