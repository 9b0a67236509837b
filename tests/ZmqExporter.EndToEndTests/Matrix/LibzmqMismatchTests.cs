using Zmtp;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>Every combination that cannot work, against real libzmq: each is down for the right reason, in words that name both sides.</summary>
public sealed class LibzmqMismatchTests(LibzmqMismatchTests.Setup setup) : IClassFixture<LibzmqMismatchTests.Setup>
{
    // RFC 37, "The socket type property".
    private static readonly (SocketType, SocketType)[] Legal =
    [
        (SocketType.Req, SocketType.Rep), (SocketType.Req, SocketType.Router), (SocketType.Rep, SocketType.Req), (SocketType.Rep, SocketType.Dealer),
        (SocketType.Dealer, SocketType.Rep), (SocketType.Dealer, SocketType.Dealer), (SocketType.Dealer, SocketType.Router),
        (SocketType.Router, SocketType.Req), (SocketType.Router, SocketType.Dealer), (SocketType.Router, SocketType.Router),
        (SocketType.Pub, SocketType.Sub), (SocketType.Pub, SocketType.Xsub), (SocketType.Xpub, SocketType.Sub), (SocketType.Xpub, SocketType.Xsub),
        (SocketType.Sub, SocketType.Pub), (SocketType.Sub, SocketType.Xpub), (SocketType.Xsub, SocketType.Pub), (SocketType.Xsub, SocketType.Xpub),
        (SocketType.Push, SocketType.Pull), (SocketType.Pull, SocketType.Push), (SocketType.Pair, SocketType.Pair),
    ];

    private static readonly Dictionary<string, Mismatch> All = Types().Concat(Mechanisms()).ToDictionary(mismatch => mismatch.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Serve_Mismatch_IsDownForItsReasonAndNamesBothSides(string name)
    {
        var mismatch = All[name];
        var exporter = await setup.ExporterAsync();

        await exporter.EventuallyAsync(
            samples => Scenarios.TargetView.Of(samples, name) is { State: "down" } view
                && (view.Reachable, view.Responsive, view.Ready) == mismatch.Answers // which may be of a later moment than the state
                && Scenarios.TargetView.Failures(samples, name, mismatch.Reason) >= 3); // on a busy machine one may have another reason

        Assert.Contains(exporter.LogLines, line => line.Contains($" target={name} ", StringComparison.Ordinal) && line.Contains(mismatch.Words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_Mismatches_LackNoCombination()
    {
        Assert.Equal((11 * 11) - 21 + (3 * 2 * 3), All.Count);
        var samples = await (await setup.ExporterAsync()).ScrapeAsync();
        Assert.Equal(All.Keys.Order(StringComparer.Ordinal), samples.Find("zmq_target_info").Select(sample => sample.Labels["target"]).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<Mismatch> Types() =>
        from client in Combinations.Types
        from server in Combinations.Types
        where !Legal.Contains((client, server))
        let word = Combination.Word(client)
        select new Mismatch(
            $"{word}-to-{Combination.Word(server)}",
            new Combination(server, "null", "tcp4", "handshake"),
            "socket_type",
            $"the peer is {WithArticle(server)} socket, and {WithArticle(client)} can only talk to",
            $"handshake-{word}",
            $"{{prober: handshake, socket: {word}}}");

    private static string WithArticle(SocketType type) => $"{(type is SocketType.Xpub or SocketType.Xsub ? "an" : "a")} {Combination.OnTheWire(type)}";

    private static IEnumerable<Mismatch> Mechanisms() =>
        from client in Combinations.Mechanisms
        from server in Combinations.Mechanisms
        from type in new[] { SocketType.Rep, SocketType.Router, SocketType.Pub }
        where client != server
        let target = new Combination(type, server, "tcp4", type == SocketType.Pub ? "subscribe" : "request")
        select new Mismatch(
            $"{client}-to-{target.ServerName}",
            target,
            "mechanism",
            $"the server asks for {server.ToUpperInvariant()}, the module offers {client.ToUpperInvariant()}",
            $"{target.Prober}-{Combination.Word(target.Client)}-{client}",
            target.ModuleText(Credentials.Right(client)));

    private sealed record Mismatch(string Name, Combination Server, string Reason, string Words, string Module, string ModuleText)
    {
        // A server that names its type or mechanism is there; that it does what it is for cannot be said of it.
        public (double?, double?, double?) Answers => Server.Prober switch
        {
            "handshake" => (1, null, null),
            "subscribe" => (1, null, 0),
            _ => (1, 0, 0),
        };
    }

    /// <summary>The servers and the exporter that probes them.</summary>
    public sealed class Setup : MatrixSetup
    {
        private protected override async Task<ExporterProcess> StartAsync()
        {
            var servers = Own(new LibzmqServers());
            await servers.InitializeAsync();
            return await ExporterProcess.StartAsync(Combinations.Config(
                All.Values.Select(mismatch => new MatrixTarget(mismatch.Name, servers[mismatch.Server], mismatch.Module, mismatch.ModuleText))));
        }
    }
}
