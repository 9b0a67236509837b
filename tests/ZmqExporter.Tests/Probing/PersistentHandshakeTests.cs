using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary><c>prober: handshake</c> on a connection that is kept: it asks for a PONG.</summary>
public sealed class PersistentHandshakeTests : ProberTestBase
{
    private static readonly ZmtpError HeldBack = new(ZmtpErrorCode.Local, "too many") { IsHeldBack = true };

    [Fact]
    public async Task ProbeAsync_Persistent_AsksForAPongOnTheKeptConnection()
    {
        using var prober = Prober(persistent: true);
        var first = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Pass(1000);
        _link.Pinged = link => link.After(3, LinkOutcomeKind.Pong);
        var second = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ProbeOutcome.OnTime, ProbeOutcome.OnTime), (first.Outcome, second.Outcome));
        Assert.Equal((true, 1, 1), (_link.Reconnects, _link.Connections, _link.Pings));
        Assert.Equal(3, second.RoundTrip!.Value.TotalMilliseconds, 0.01);
        Assert.Equal(3, second.Phases.Ping!.Value.TotalMilliseconds, 0.01);
        Assert.Equal([AfterProbe.Keep, AfterProbe.Keep], _link.Ended);
    }

    [Theory]
    [InlineData("ROUTER", true)]
    [InlineData("DEALER", false)]
    [InlineData("REQ", false)]
    [InlineData("PAIR", false)]
    public async Task ProbeAsync_Persistent_KeepsNoConnectionToWhoGivesToAnyPeer(string peer, bool isKept)
    {
        _link.Peer = new PeerInfo(3, 1, "CURVE", peer, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        using var prober = Prober(persistent: true);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal([isKept ? AfterProbe.Keep : AfterProbe.Close], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndNoPingForThisPeer_ShakesHandsAgain()
    {
        _link.KnowsPing = false;
        using var prober = Prober(persistent: true);
        for (var i = 0; i < 3; i++)
        {
            _link.Pass(1000);
            Assert.Equal((ProbeOutcome.OnTime, true), Outcome(await prober.ProbeAsync(TestContext.Current.CancellationToken)));
        }

        Assert.Equal((3, 0), (_link.Connections, _link.Pings));
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndLostToOurPing_IsNoMiss()
    {
        using var prober = Prober(persistent: true);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Pass(1000);
        _link.Pinged = link =>
        {
            link.WasLostToPing = true;
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "closed"));
        };
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ProbeOutcome.OnTime, true), Outcome(result));
        Assert.Equal(2, _link.Connections);
    }

    [Theory]
    [InlineData(SocketType.Dealer, "connection: per_probe or a shorter interval avoids that")]
    [InlineData(SocketType.Sub, "; a shorter interval avoids that")] // an idle PUB would grow with each connection
    [InlineData(SocketType.Xsub, "; a shorter interval avoids that")]
    internal async Task ProbeAsync_PersistentAndMute_TakesAFreshConnectionAndIsLate(SocketType socket, string remedy)
    {
        using var prober = await KeptAsync(socket);
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        _link.Pinged = link =>
        {
            if (link.Connections == 2)
            {
                link.After(2, LinkOutcomeKind.Pong);
            }
        };
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ProbeOutcome.Late, true, false), (result.Outcome, result.Reachable, result.IsSlow));
        Assert.StartsWith("the kept connection had died in silence (a ZMTP PING on it was not answered), and a fresh one was:", result.Detail, StringComparison.Ordinal);
        Assert.EndsWith(remedy, result.Detail, StringComparison.Ordinal);
        Assert.Equal(result.Detail, result.Found);
        Assert.Equal((1, 1), (_link.Besides, _link.BesidesTaken));
        Assert.Equal(2, result.Phases.Ping!.Value.TotalMilliseconds, 0.01);
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndThePeerIgnoresPings_IsOnTimeByItsFreshHandshakeAndAskedNoMore()
    {
        using var prober = await KeptAsync();
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        for (var i = 0; i < 4; i++)
        {
            var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
            Assert.Equal((ProbeOutcome.OnTime, true), Outcome(result));
            Assert.Null(result.Phases.Ping);
            Assert.DoesNotContain("died", result.Detail, StringComparison.Ordinal);
            _link.Pass(1000);
        }

        // One PING on the old connection, one on the fresh one; then a fresh handshake for each probe.
        Assert.Equal((2, 1, 5), (_link.Pings, _link.Besides, _link.Connections));
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndThePeerIgnoresPings_IsAskedAgainWhenAConnectionWouldBeRenewed()
    {
        using var prober = await KeptAsync();
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Pass(3_600_000);
        _link.Pong();
        Assert.Equal(ProbeOutcome.OnTime, (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Outcome);
        _link.Pass(1000);
        Assert.Equal(ProbeOutcome.OnTime, (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal((4, 2), (_link.Pings, _link.Connections));
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndThePongStandsInTheSocket_IsReadBeforeTheFreshConnectionIsTaken()
    {
        using var prober = await KeptAsync();
        _link.BesideAsked = link =>
        {
            link.After(5, LinkOutcomeKind.BesideOpened);
            link.After(5, LinkOutcomeKind.Pong);
        };
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("the answer to a ZMTP PING came late: 0.505 s after the start of the probe, and the limit is 0.5 s", 0), (result.Detail, _link.BesidesTaken));
    }

    [Theory]
    [InlineData(false, ProbeOutcome.OnTime, "does not know that command")]
    [InlineData(true, ProbeOutcome.Late, "reset at the first thing that we sent")]
    internal async Task ProbeAsync_PersistentAndEndedAtAPing_IsJudgedByWhatIsKnownOfThePeer(bool hasAnswered, ProbeOutcome expected, string words)
    {
        using var prober = await KeptAsync();
        if (hasAnswered)
        {
            _link.Pong();
            await prober.ProbeAsync(TestContext.Current.CancellationToken);
            _link.Pass(1000);
        }

        _link.Pinged = link =>
        {
            link.WasLostToPing = !hasAnswered;
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "reset"));
        };
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((expected, true), Outcome(result));
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.Equal(2, _link.Connections);
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndAPeerThatAnswersPingsIsRestarted_IsAskedOn()
    {
        using var prober = await KeptAsync();
        _link.Pong();
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Lose();
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Pass(1000);
        _link.Pinged = link =>
        {
            link.WasLostToPing = true; // the first PING on this connection
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "closed"));
        };
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.WasLostToPing = false;
        _link.Pass(1000);
        _link.Pong();
        var pings = _link.Pings;
        Assert.NotNull((await prober.ProbeAsync(TestContext.Current.CancellationToken)).Phases.Ping);
        Assert.Equal(pings + 1, _link.Pings);
    }

    [Fact]
    public async Task ProbeAsync_SaysNothingAnyMore_SaysWhenItAnswered()
    {
        using var prober = await KeptAsync();
        _link.Lose();
        var mute = new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "nothing; or another server") { Stranger = "; or another server" };
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: mute);
        Assert.Equal("nothing; it answered 1 s ago", (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Detail);
    }

    [Theory]
    [InlineData(true, "what we sent was acknowledged")]
    [InlineData(false, "nobody acknowledged")]
    [InlineData(null, "frozen, or the network lost it")]
    public async Task ProbeAsync_PersistentAndNothingAnswers_IsAMissByItsEvidence(bool? isAcknowledged, string words)
    {
        using var prober = await KeptAsync();
        _link.IsAcknowledged = isAcknowledged;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideFailed, error: new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "no greeting"));
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ProbeOutcome.Miss, false), Outcome(result));
        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.Contains("no greeting", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Phases.Ping);
        Assert.Equal([AfterProbe.Keep, AfterProbe.Abort], _link.Ended);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.Refused, false, ProbeOutcome.Miss, FailureReason.Refused, false)]
    [InlineData(ZmtpErrorCode.Auth, true, ProbeOutcome.Miss, FailureReason.Auth, true)]
    [InlineData(ZmtpErrorCode.Mechanism, true, ProbeOutcome.Miss, FailureReason.Mechanism, true)]
    [InlineData(ZmtpErrorCode.NotZmtp, false, ProbeOutcome.Miss, FailureReason.NotZmtp, false)]
    [InlineData(ZmtpErrorCode.Disconnected, false, ProbeOutcome.Miss, FailureReason.Disconnected, false)]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, true, ProbeOutcome.Miss, FailureReason.HandshakeTimeout, true)]
    [InlineData(ZmtpErrorCode.Local, false, ProbeOutcome.LocalError, FailureReason.LocalError, null)]
    internal async Task ProbeAsync_PersistentAndMuteButSomethingAnswersAFreshConnection_IsThatAndNotFrozen(
        ZmtpErrorCode code, bool hasGreeted, ProbeOutcome outcome, FailureReason reason, bool? reachable)
    {
        using var prober = await KeptAsync();
        _link.HasGreeted = hasGreeted;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideFailed, error: new ZmtpError(code, "seen"));
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((outcome, reason, reachable), (result.Outcome, result.Reason, result.Reachable));
        Assert.Contains("seen", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("frozen", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_PersistentAndTheFreshConnectionHeldBack_SaysNothingOfTheTarget()
    {
        using var prober = Prober(persistent: true);
        await prober.ProbeAsync(TestContext.Current.CancellationToken);
        _link.Pass(1000);
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideFailed, error: HeldBack);
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((true, ProbeOutcome.LocalError, null), (result.IsHeldBack, result.Outcome, result.Reachable));
    }

    private static (ProbeOutcome Outcome, bool? Reachable) Outcome(ProbeResult result) => (result.Outcome, result.Reachable);

    /// <summary>A prober with a connection from an earlier probe.</summary>
    private async Task<HandshakeProber> KeptAsync(SocketType socket = SocketType.Dealer)
    {
        var prober = Prober(socket, persistent: true);
        Assert.Equal(ProbeOutcome.OnTime, (await prober.ProbeAsync(TestContext.Current.CancellationToken)).Outcome);
        _link.Pass(1000);
        return prober;
    }

    private HandshakeProber Prober(SocketType socket = SocketType.Dealer, bool persistent = false)
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: false, []));
        target = target with { Module = target.Module with { Prober = new HandshakeProberConfig(socket, persistent) } };
        return new HandshakeProber(target, LinkSetup.OptionsFor(target), _link, _time, new ProbeCases.Observer());
    }
}
