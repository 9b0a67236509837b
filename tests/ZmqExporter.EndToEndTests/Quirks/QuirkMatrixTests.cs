using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>
/// Every library's behaviour against every prober and every mechanism: each target has the state and the reason that it deserves, and the
/// application behind it sees what it was sent and nothing else.
/// </summary>
public sealed class QuirkMatrixTests(QuirkMatrixTests.Runs runs) : IClassFixture<QuirkMatrixTests.Runs>
{
    private static readonly string[] Mechanisms = ["NULL", "PLAIN", "CURVE"];

    private static readonly Dictionary<string, QuirkCase> All =
        Handshakes().Concat(KeptHandshakes()).Concat(Requests()).Concat(Subscriptions()).ToDictionary(quirk => quirk.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Probe_Library_IsJudgedRightAndItsApplicationSeesOnlyWhatItWasSent(string name)
    {
        var quirk = All[name];
        var (results, attempts, state, seen, commands, failures) = await runs[name];

        Assert.Empty(failures);
        var (outcome, reason, expectedState) = Expected(quirk);
        if (quirk is { Prober: "request", Answering: Answering.Never } && EndsAtPing(quirk.Library))
        {
            // Our own PING took the time that the answer needed: that is no evidence, once.
            Assert.Equal((ProbeOutcome.Pending, null), (results[0].Outcome, results[0].Reason));
            results = results[1..];
        }

        if (quirk.Answering == Answering.MuchLater)
        {
            Assert.Null(results[0].Reason);
            results = results[1..];
            Assert.All(results, result => Assert.DoesNotContain("died", result.Detail, StringComparison.Ordinal));
        }

        Assert.All(results, result => Assert.True(
            (outcome, reason) == (result.Outcome, result.Reason), $"{result.Outcome} ({result.Reason}) instead of {outcome} ({reason}): {result.Detail}"));
        Assert.Equal(expectedState, state);
        // There is a live process in each case.
        Assert.All(results, result => Assert.True(result.Reachable ?? !CanTellWhetherTheProcessLives(quirk), result.Detail));

        var allowed = quirk.Prober switch { "request" => quirk.Client == SocketType.Req ? "|probe " : "probe ", "subscribe" => "subscribe feed", _ => "nothing" };
        Assert.All(seen, message => Assert.StartsWith(allowed, message, StringComparison.Ordinal));
        Assert.Equal(quirk.Prober is "request" or "subscribe", seen.Length > 0);
        if (quirk is { Prober: "request", Answering: not Answering.Never })
        {
            // A request whose connection our PING has ended is sent again, and one on a connection that seemed dead because its peer ignores
            // PING: once, because the next probe knows.
            var again = EndsAtPing(quirk.Library) || quirk is { Library.Commands: CommandHandling.Ignores, Answering: Answering.MuchLater };
            Assert.InRange(seen.Length, results.Length, attempts + (again ? 1 : 0));
        }

        Assert.All(commands, command => Assert.True(IsFit(quirk, command), $"the library got the command {command}"));
        if (quirk is { Library.Pings: true, Prober: "request" })
        {
            Assert.Contains("PONG ", commands, StringComparer.Ordinal);
            Assert.Contains("PONG 000102030405060708090A0B0C0D0E0F", commands, StringComparer.Ordinal); // as libzmq cuts it
        }
    }

    private static (ProbeOutcome Outcome, FailureReason? Reason, TargetState State) Expected(QuirkCase quirk) => quirk switch
    {
        { Prober: "handshake", Client: SocketType.Dealer, Mechanism: "NULL", Library.WaitsForReady: true } =>
            (ProbeOutcome.Miss, FailureReason.HandshakeTimeout, TargetState.Suspect),
        { Answering: Answering.AtOnce } or { Prober: "handshake" or "kept handshake" } => (ProbeOutcome.OnTime, null, TargetState.Up),
        { Answering: Answering.Late or Answering.MuchLater } => (ProbeOutcome.Late, null, TargetState.Degraded),
        { Prober: "subscribe" } => (ProbeOutcome.Miss, FailureReason.Silent, TargetState.Suspect),
        _ => (ProbeOutcome.Miss, FailureReason.ReplyTimeout, TargetState.Suspect),
    };

    // Where nothing comes, a PING can tell, or else a handshake beside the connection; a publisher that gets no PING may be left open.
    private static bool CanTellWhetherTheProcessLives(QuirkCase quirk) =>
        quirk.Prober != "subscribe" || (quirk.Library.Minor >= 1 && !EndsAtPing(quirk.Library));

    private static bool IsFit(QuirkCase quirk, string command) => command.Split(' ')[0] switch
    {
        "SUBSCRIBE" => quirk.Prober == "subscribe" && quirk.Library.Minor >= 1,
        "PONG" => quirk.Library.Pings,

        // Never to those of 3.0; and only where something is awaited: a reply that is overdue, the first message of a subscription.
        "PING" => quirk.Library.Minor >= 1 && (quirk.Prober is "subscribe" or "kept handshake" || (quirk.Prober == "request" && quirk.Answering != Answering.AtOnce)),
        _ => false,
    };

    private static IEnumerable<QuirkCase> Handshakes() =>
        from library in Library.All
        from mechanism in Mechanisms
        from pair in new[]
        {
            ("REP", SocketType.Req), ("REP", SocketType.Dealer), ("ROUTER", SocketType.Req), ("ROUTER", SocketType.Dealer),
            ("PULL", SocketType.Push), ("PUB", SocketType.Sub), ("XPUB", SocketType.Sub),
        }
        let waitsForEver = library.WaitsForReady && mechanism == "NULL" && pair.Item2 == SocketType.Dealer
        select new QuirkCase(library, pair.Item1, mechanism, pair.Item2, "handshake", waitsForEver ? Answering.Never : Answering.AtOnce);

    private static IEnumerable<QuirkCase> KeptHandshakes() =>
        from library in Library.All
        from mechanism in Mechanisms
        from pair in new[] { ("ROUTER", SocketType.Req), ("PUB", SocketType.Sub), ("XPUB", SocketType.Sub) }
        select new QuirkCase(library, pair.Item1, mechanism, pair.Item2, "kept handshake", Answering.AtOnce);

    private static IEnumerable<QuirkCase> Requests() =>
        from library in Library.All
        from mechanism in Mechanisms
        from pair in new[] { ("REP", SocketType.Req), ("ROUTER", SocketType.Req), ("ROUTER", SocketType.Dealer) }
        from answering in Enum.GetValues<Answering>()
        select new QuirkCase(library, pair.Item1, mechanism, pair.Item2, "request", answering);

    private static IEnumerable<QuirkCase> Subscriptions() =>
        from library in Library.All
        from mechanism in Mechanisms
        from server in new[] { "PUB", "XPUB" }
        from answering in new[] { Answering.AtOnce, Answering.Never }
        select new QuirkCase(library, server, mechanism, SocketType.Sub, "subscribe", answering);

    private static bool EndsAtPing(Library library) => library is { Minor: >= 1, Commands: CommandHandling.Closes };

    /// <summary>Many cases at once, because most of them wait most of the time; not all, because a machine that stalls measures itself.</summary>
    public sealed class Runs : IDisposable
    {
        private const int AtOnce = 24;

        private readonly SemaphoreSlim _turns = new(AtOnce);
        private readonly Dictionary<string, Task<QuirkOutcome>> _runs;

        public Runs() => _runs = All.ToDictionary(quirk => quirk.Key, quirk => Task.Run(() => RunAsync(quirk.Value)), StringComparer.Ordinal);

        internal Task<QuirkOutcome> this[string name] => _runs[name];

        /// <inheritdoc />
        public void Dispose()
        {
            Task.WaitAll(_runs.Values); // a filter may have run a few of the tests only
            _turns.Dispose();
        }

        private async Task<QuirkOutcome> RunAsync(QuirkCase quirk)
        {
            await _turns.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await quirk.RunAsync();
            }
            finally
            {
                _turns.Release();
            }
        }
    }
}
