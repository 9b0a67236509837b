using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>A prober at a server on a library, over a mechanism.</summary>
/// <param name="Library">The server's.</param>
/// <param name="Server">Its socket type.</param>
/// <param name="Mechanism">NULL, PLAIN or CURVE.</param>
/// <param name="Client">Our socket type.</param>
/// <param name="Prober">handshake, kept handshake, request or subscribe.</param>
/// <param name="Answering">What the application does.</param>
internal sealed record QuirkCase(Library Library, string Server, string Mechanism, SocketType Client, string Prober, Answering Answering)
{
    private static readonly TimeSpan Plenty = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Medium = TimeSpan.FromSeconds(4);

    public string Name => $"{Library.Name}, {Server} {Mechanism}: {Prober} {Client}".ToLowerInvariant() + (Answering == Answering.AtOnce ? "" : $", answers {Answering}");

    /// <summary>Probes as often as it takes to see the state, and says what was seen on both sides.</summary>
    public async Task<QuirkOutcome> RunAsync()
    {
        using var server = new QuirkServer(Library, Server, Mechanism, Answering);
        using var prober = server.Prober(Config, Timeout, LateAfter);
        var results = ImmutableArray.CreateBuilder<ProbeResult>();
        while (results.Count < Probes)
        {
            results.Add(await prober.ProbeAsync());
        }

        return new QuirkOutcome(results.ToImmutable(), prober.Attempts, prober.State, server.Seen, server.Commands, [.. server.Failures]);
    }

    // Two misses make a target suspect, three late answers make it degraded for good.
    private int Probes => Answering == Answering.Never ? 2 : Answering == Answering.MuchLater ? 4 : 3;

    private TimeSpan Timeout => Answering switch
    {
        Answering.Never => Short,
        Answering.MuchLater => Medium,
        _ when Prober == "kept handshake" => Medium, // of which a quarter passes before a PING counts as ignored
        _ => Plenty,
    };

    private TimeSpan LateAfter => Answering switch
    {
        Answering.AtOnce => Plenty,
        Answering.MuchLater => Short / 4, // a machine that stalls shall not make the first answer late
        _ => Soon,
    };

    private ProberConfig Config => Prober switch
    {
        "handshake" => new HandshakeProberConfig(Client),
        "kept handshake" => new HandshakeProberConfig(Client, Persistent: true),
        "subscribe" => new SubscribeProberConfig([[.. "feed"u8]], Answering == Answering.Never ? Soon : Plenty, Answering == Answering.Never ? Soon : Plenty, []),
        _ => new RequestProberConfig(
            Client,
            Persistent: true,
            [new RequestStepConfig([new FrameConfig("probe {token}", [])], [ExpectConfig.EqualsText(0, "probe {token}")])]),
    };
}

/// <summary>What came of a case.</summary>
/// <param name="Results">Of each probe.</param>
/// <param name="Attempts">How many probes there were, those that a stall of this machine ended among them.</param>
/// <param name="State">What the failure policy made of them.</param>
/// <param name="Seen">What the application saw.</param>
/// <param name="Commands">What the library got.</param>
/// <param name="Failures">What the server's script found wrong.</param>
internal sealed record QuirkOutcome(
    ImmutableArray<ProbeResult> Results, int Attempts, TargetState State, ImmutableArray<string> Seen, ImmutableArray<string> Commands, ImmutableArray<Exception> Failures);
