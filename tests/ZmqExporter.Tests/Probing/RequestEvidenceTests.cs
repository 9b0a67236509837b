using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>Dead connections are no dead servers, and our own acts are no evidence.</summary>
public sealed class RequestEvidenceTests : RequestProberTestBase
{
    [Theory]
    [InlineData("ping", "pong")]
    [InlineData("{token}", "{token}")]
    public async Task ProbeAsync_KeptConnectionMuteAndAFreshOneAnswers_IsLateAndSaysWhatDied(string send, string expected)
    {
        using var prober = await KeptAsync(send, expected);
        _link.Sent = null;
        _link.SentBeside = (link, message) => link.ReplyBesideAfter(5, send == "ping" ? "pong" : FakeLink.Text(message));
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);

        var result = await ProbeAsync(prober);

        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("died in silence", result.Detail, StringComparison.Ordinal);
        Assert.Contains("per_probe", result.Detail, StringComparison.Ordinal);
        Assert.Equal(_link.SentTexts[^2], _link.SentTexts[^1]); // the same request, once more
        Assert.Equal((1, 3), (_link.BesidesTaken, _link.SentTexts.Count));
        Assert.Equal(AfterProbe.Keep, _link.Ended[^1]);
    }

    [Fact]
    public async Task ProbeAsync_ConnectionDiesAgainAndAgain_IsLateEachTimeAndThePeerIsAskedOn()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.SentBeside = (link, _) => link.ReplyBesideAfter(5, "pong");
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        for (var i = 1; i <= 4; i++)
        {
            var result = await ProbeAsync(prober);
            Assert.Equal((ProbeOutcome.Late, i, i), (result.Outcome, _link.Pings, _link.BesidesTaken));
            _link.Pass(1000);
        }
    }

    [Fact]
    public async Task ProbeAsync_PongOnTheKeptConnection_MeansNoRetry()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Pinged = link => link.After(2, LinkOutcomeKind.Pong);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Equal((0, 2), (_link.Besides, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_PongWhileAFreshConnectionIsMade_MeansNoRetry()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Pinged = link => link.After(500, LinkOutcomeKind.Pong);
        _link.BesideAsked = link => link.After(300, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Equal((1, 0, 2), (_link.Besides, _link.BesidesTaken, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_ReplyOnTheKeptConnectionWhileAFreshOneIsMade_Counts()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) => link.ReplyAfter(1200, "pong");
        _link.BesideAsked = link => link.After(900, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, "the reply came late: 1.200 s after the start of the probe, and the limit is 0.5 s"), (result.Outcome, result.Detail));
        Assert.Equal((1, 0), (_link.Besides, _link.BesidesTaken));
    }

    [Fact]
    public async Task ProbeAsync_PongStandsInTheSocketWhenTheFreshConnectionOpens_MeansNoRetry()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.BesideAsked = link =>
        {
            link.After(5, LinkOutcomeKind.BesideOpened);
            link.After(5, LinkOutcomeKind.Pong);
        };
        Assert.Equal(true, (await ProbeAsync(prober)).Reachable);
        Assert.Equal(2, _link.SentTexts.Count);
    }

    [Fact]
    public async Task ProbeAsync_SaysNothingAnyMore_IsNotSaidToBeNoZeroMqServerAndWhenItAnsweredIs()
    {
        using var prober = Prober("ping", Equal("pong"));
        _link.Sent = (link, _) => link.ReplyAfter(1, "pong");
        var mute = new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "it said nothing: it is frozen; or it is another server") { Stranger = "; or it is another server" };
        var opening = _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: mute);
        Assert.Equal("it said nothing: it is frozen; or it is another server", (await ProbeAsync(prober)).Detail);
        _link.Opening = null;
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);
        _link.Opening = opening;
        for (var i = 3; i < 10; i += 3)
        {
            _link.Pass(3000);
            Assert.Equal($"it said nothing: it is frozen; it answered {i} s ago", (await ProbeAsync(prober)).Detail);
        }
    }

    [Fact]
    public async Task ProbeAsync_RequestIsAcknowledgedWhileAFreshConnectionIsMade_MeansNoRetry()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.IsAcknowledged = false; // the way there and back is long
        _link.BesideAsked = link =>
        {
            link.IsAcknowledged = true;
            link.After(5, LinkOutcomeKind.BesideOpened);
        };
        await ProbeAsync(prober);
        Assert.Equal((1, 2), (_link.Besides, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_KeptConnectionIsLostWhileBothAreAsked_GoesOnWithTheFreshOne()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        _link.SentBeside = (link, _) =>
        {
            link.After(5, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "reset"));
            link.ReplyBesideAfter(50, "pong");
        };
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, 1), (result.Outcome, _link.BesidesTaken));
        Assert.Contains("died in silence", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_SecondStepOverdueAndAFreshConnectionAnswers_BeginsAgainThere()
    {
        _link.Sent = (link, message) => link.ReplyAfter(1, FakeLink.Text(message));
        var config = new RequestProberConfig(SocketType.Req, Persistent: true, [Step("a", Equal("a")), Step("b", Equal("b"))]);
        using var prober = new RequestProber(Target(config), LinkSetup.OptionsFor(Target(config)), _link, _time, _observer);
        await ProbeAsync(prober);
        _link.Pass(1000);
        _link.Sent = (link, message) =>
        {
            if (FakeLink.Text(message) == "a" || link.Connections == 2)
            {
                link.ReplyAfter(1, FakeLink.Text(message));
            }
        };
        _link.SentBeside = (link, message) => link.ReplyBesideAfter(1, FakeLink.Text(message));
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        Assert.Equal(ProbeOutcome.Late, (await ProbeAsync(prober)).Outcome);
        Assert.Equal(["a", "b", "a", "b", "a", "b"], _link.SentTexts);
    }

    [Fact]
    public async Task ProbeAsync_FreshConnectionAnswersNothingEither_IsAHungApplication()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout), (result.Outcome, result.Reason));
        Assert.Equal((true, false), (result.Reachable, result.Responsive));
        Assert.Contains("did not answer the request there either", result.Detail, StringComparison.Ordinal);
        Assert.Equal(2000, result.Elapsed.TotalMilliseconds, 1.0);
        Assert.Equal(AfterProbe.KeepForLateReply, _link.Ended[^1]);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, true, FailureReason.ReplyTimeout, "the process is frozen, or a proxy or load balancer between holds the connection; what we sent was acknowledged")]
    [InlineData(ZmtpErrorCode.ConnectTimeout, false, FailureReason.ReplyTimeout, "the network or the host is lost")]
    [InlineData(ZmtpErrorCode.Refused, false, FailureReason.Refused, "verdict is: seen")]
    public async Task ProbeAsync_NeitherConnectionAnswers_IsAMissByItsEvidence(ZmtpErrorCode beside, bool isAcknowledged, object reason, string words)
    {
        using var prober = await KeptAsync("{token}", "{token}");
        _link.Sent = null;
        _link.IsAcknowledged = isAcknowledged;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideFailed, error: new ZmtpError(beside, "seen"));
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Miss, (FailureReason)reason), (result.Outcome, result.Reason));
        Assert.Equal((false, false), (result.Reachable, result.Responsive));
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.True(_link.Ended[^1] is AfterProbe.KeepForLateReply or AfterProbe.Abort); // renewed, even with a token
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)] // the PONG tells what the fresh connection would have
    public async Task ProbeAsync_FreshConnectionHeldBack_IsNoMissUnlessThePeerGaveASign(bool pongs, bool isHeldBack)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Pinged = link =>
        {
            if (pongs)
            {
                link.After(500, LinkOutcomeKind.Pong);
            }
        };
        _link.BesideAsked = link =>
            link.After(1, LinkOutcomeKind.BesideFailed, error: new ZmtpError(ZmtpErrorCode.Local, "too many") { IsHeldBack = true });

        var result = await ProbeAsync(prober);

        Assert.Equal((1, isHeldBack), (_link.Besides, result.IsHeldBack));
        Assert.Equal(isHeldBack ? ProbeOutcome.LocalError : ProbeOutcome.Miss, result.Outcome);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.Auth, true, ProbeOutcome.Miss, FailureReason.Auth, true)]
    [InlineData(ZmtpErrorCode.Mechanism, true, ProbeOutcome.Miss, FailureReason.Mechanism, true)]
    [InlineData(ZmtpErrorCode.NotZmtp, false, ProbeOutcome.Miss, FailureReason.NotZmtp, false)]
    [InlineData(ZmtpErrorCode.Disconnected, true, ProbeOutcome.Miss, FailureReason.Disconnected, true)]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, true, ProbeOutcome.Miss, FailureReason.HandshakeTimeout, true)]
    [InlineData(ZmtpErrorCode.Local, false, ProbeOutcome.LocalError, FailureReason.LocalError, null)]
    internal async Task ProbeAsync_MuteButSomethingAnswersAFreshConnection_IsThatAndNotFrozen(
        ZmtpErrorCode code, bool hasGreeted, ProbeOutcome outcome, FailureReason reason, bool? reachable)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.HasGreeted = hasGreeted;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideFailed, error: new ZmtpError(code, "seen"));
        var result = await ProbeAsync(prober);
        Assert.Equal((outcome, reason, reachable), (result.Outcome, result.Reason, result.Reachable));
        Assert.Contains("seen", result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("frozen", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_RefusedReplyWithTheTokenOfThisProbe_IsUnexpectedAtOnceAndNotStale()
    {
        using var prober = await KeptAsync("{token}", "{token}", Equal("pong", 1));
        _link.Sent = null;
        _link.Pong();
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason); // now one reply is owed
        _link.Pass(1000);
        _link.Sent = (link, message) => link.ReplyAfter(5, FakeLink.Text(message), "busy");
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.UnexpectedReply, true, 0), (result.Reason, result.Responsive, _observer.Stale));
        Assert.Equal(5, result.Elapsed.TotalMilliseconds, 1.0);
    }
}
