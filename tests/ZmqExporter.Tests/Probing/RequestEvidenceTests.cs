using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>Dead connections are no dead servers, our own acts are no evidence, and our own lateness is nobody else's.</summary>
public sealed class RequestEvidenceTests : ProberTestBase
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
    public async Task ProbeAsync_SlowPeerThatIgnoresPings_IsLateByItsReplyOnTheKeptConnectionAndAskedNoMore()
    {
        using var prober = await KeptAsync("{token}", "{token}");
        _link.Sent = (link, message) => link.ReplyAfter(1200, FakeLink.Text(message));
        _link.SentBeside = (link, message) => link.ReplyBesideAfter(1200, FakeLink.Text(message));
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        for (var i = 0; i < 6; i++)
        {
            var result = await ProbeAsync(prober);
            Assert.Equal((ProbeOutcome.Late, true, true), (result.Outcome, result.Reachable, result.Responsive));
            Assert.Equal(("the reply came late: 1.200 s after the start of the probe, and the limit is 0.5 s", true, ""), (result.Detail, result.IsSlow, result.Found));
            Assert.Equal(1200, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
            _link.Pass(1000);
        }

        // The first of them had the request twice, and one connection of the two is given up.
        Assert.Equal((1, 1, 0, 1), (_link.Pings, _link.Besides, _link.BesidesTaken, _link.BesidesDropped));
        Assert.Equal((8, 0), (_link.SentTexts.Count, _observer.Stale));
        Assert.All(_link.Ended, end => Assert.Equal(AfterProbe.Keep, end));
    }

    [Fact]
    public async Task ProbeAsync_SlowPeerThatIgnoresPings_GetsItsRequestOnceWhenItIsAskedForAPongAgain()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) => link.ReplyAfter(1200, "pong");
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        await ProbeAsync(prober);
        var sent = _link.SentTexts.Count;
        _link.Pass(3_600_000);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((ProbeOutcome.Late, "the reply came late: 1.200 s after the start of the probe, and the limit is 0.5 s"), Words(await ProbeAsync(prober)));
            _link.Pass(1000);
        }

        Assert.Equal((2, sent + 2), (_link.Pings, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_HungPeerThatIgnoresPings_LivesByAFreshHandshakeAndIsAskedNoMore()
    {
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        using var prober = Prober("ping", Equal("pong"));
        for (var i = 0; i < 3; i++)
        {
            var result = await ProbeAsync(prober);
            Assert.Equal((FailureReason.ReplyTimeout, true, false), (result.Reason, result.Reachable, result.Responsive));
            Assert.Contains("shook hands", result.Detail, StringComparison.Ordinal);
            _link.Pass(1000);
        }

        Assert.Equal((1, 1, 3), (_link.Pings, _link.Besides, _link.SentTexts.Count));
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

    [Theory]
    [InlineData(2.0)]
    [InlineData(0.09)]
    public async Task ProbeAsync_PeerThatIgnoresPingsIsBusy_ShookHandsInTheSameProbeAndIsNotCalledFrozen(double timeout)
    {
        _link.IsAcknowledged = true;
        _link.BesideAsked = link => link.After(10_000, LinkOutcomeKind.BesideOpened);
        var target = Target(new RequestProberConfig(SocketType.Req, Persistent: true, [Step("ping", Equal("pong"))]));
        target = target with { Module = target.Module with { Timeout = TimeSpan.FromSeconds(timeout) } };
        using var prober = new RequestProber(target, LinkSetup.OptionsFor(target), _link, _time, _observer);
        for (var i = 0; i < 4; i++)
        {
            var result = await ProbeAsync(prober);
            Assert.Equal((FailureReason.ReplyTimeout, true, false), (result.Reason, result.Reachable, result.Responsive));
            Assert.Contains("it does not know PING: try ping: false", result.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("is frozen", result.Detail, StringComparison.Ordinal);
            _link.Pass(1000);
        }
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
    public async Task ProbeAsync_PeerThatAnswersPingsEndsAtOne_WasRestartedAndIsAskedOn()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Pong();
        await ProbeAsync(prober);
        _link.Pinged = link =>
        {
            link.WasLostToPing = true;
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "closed"));
            link.Lose();
        };
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Disconnected), (result.Outcome, result.Reason));
        _link.WasLostToPing = false;
        _link.Pong();
        await ProbeAsync(prober);
        Assert.Equal(3, _link.Pings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProbeAsync_ReplyAppearsToComeAMomentBeforeTheRequest_IsItsReplyOnAKeptConnectionAlone(bool isKept)
    {
        using var prober = isKept ? await KeptAsync("ping", "pong") : Prober("ping", Equal("pong"));
        _link.Sent = null;
        _link.Pong();
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, FakeLink.At(start, -0.9), ZmtpMessage.FromText("pong"));
        Assert.Equal(isKept ? ProbeOutcome.OnTime : ProbeOutcome.Miss, (await ProbeAsync(prober)).Outcome);
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
    public async Task ProbeAsync_PeerWithoutPingIsSlow_GetsNeitherPingNorSecondRequest()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.IsAcknowledged = true;
        _link.Sent = (link, _) => link.ReplyAfter(1400, "pong");
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((0, 0, 2), (_link.Pings, _link.Besides, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_PeerWithoutPingHangs_IsProvenAliveByAFreshHandshakeAlone()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.IsAcknowledged = true;
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Contains(
            "a fresh connection shook hands, so the process lives: its application hangs, needs longer, or ignores requests of this form, or the kept connection had died because a NAT, firewall, proxy or load balancer between forgot it: it is replaced, and the next probe shows which it was",
            result.Detail,
            StringComparison.Ordinal);
        Assert.Equal(AfterProbe.KeepForLateReply, _link.Ended[^1]);
        Assert.DoesNotContain("answer a ZMTP PING", result.Detail, StringComparison.Ordinal);
        Assert.Equal((1, 0, 2), (_link.Besides, _link.BesidesTaken, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_PeerWithoutPingAndNobodyAcknowledged_IsAskedAgainOnAFreshConnection()
    {
        _link.KnowsPing = false;
        using var prober = await KeptAsync("ping", "pong");
        _link.IsAcknowledged = false;
        _link.Sent = null;
        _link.SentBeside = (link, _) => link.ReplyBesideAfter(5, "pong");
        _link.BesideAsked = link => link.After(5, LinkOutcomeKind.BesideOpened);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, 1), (result.Outcome, _link.BesidesTaken));
        Assert.Contains("did not acknowledge the request", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProbeAsync_PeerEndsTheConnectionAtOurPing_IsNotBlamed(bool answersAgain)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) =>
        {
            if (answersAgain && link.Connections == 2)
            {
                link.ReplyAfter(600, "pong");
            }
        };
        _link.Pinged = link =>
        {
            link.WasLostToPing = true;
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "the peer closed the connection"));
            link.Lose();
        };
        var result = await ProbeAsync(prober);
        Assert.Equal((answersAgain ? ProbeOutcome.Late : ProbeOutcome.Pending, null), (result.Outcome, result.Reason));
        Assert.Contains("does not know that command", result.Detail, StringComparison.Ordinal);
        Assert.Equal((2, 3), (_link.Connections, _link.SentTexts.Count));
    }

    [Fact]
    public async Task ProbeAsync_KeptConnectionIsResetAtTheRequest_IsAnsweredOnAFreshOneAndLate()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) => AnswerOrReset(link, resets: link.Connections == 1);
        _link.Pass(2000);

        var result = await ProbeAsync(prober);

        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal(
            "the kept connection, idle for 3 s, was ended when the request was sent (the peer reset the connection): a load balancer or firewall drops idle connections; use connection: per_probe or a shorter interval",
            result.Detail);
        Assert.Equal((2, 3, 0, AfterProbe.Keep), (_link.Connections, _link.SentTexts.Count, _link.Pings, _link.Ended[^1]));
    }

    [Fact]
    public async Task ProbeAsync_KeptConnectionIsResetAtTheFirstStep_BeginsAgainThere()
    {
        _link.Sent = (link, message) => link.ReplyAfter(1, FakeLink.Text(message));
        var config = new RequestProberConfig(SocketType.Req, Persistent: true, [Step("a", Equal("a")), Step("b", Equal("b"))]);
        using var prober = new RequestProber(Target(config), LinkSetup.OptionsFor(Target(config)), _link, _time, _observer);
        await ProbeAsync(prober);
        _link.Pass(1000);
        _link.Sent = (link, message) => AnswerOrReset(link, resets: link.Connections == 1, FakeLink.Text(message));

        Assert.Equal(ProbeOutcome.Late, (await ProbeAsync(prober)).Outcome);
        Assert.Equal(["a", "b", "a", "a", "b"], _link.SentTexts);
    }

    [Theory]
    [InlineData(true, FailureReason.Refused, "nobody listens; this was a fresh connection, because the kept connection, idle for 1 s,")]
    [InlineData(false, FailureReason.Disconnected, "without a reply: if that happens again, the request may crash the server or make it close; stop probing with that payload, and read the server's log; this was a fresh connection, because")]
    internal async Task ProbeAsync_ServerDiesAtEachRequest_IsAMissByTheFreshConnection(bool isRefused, FailureReason reason, string words)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) =>
        {
            AnswerOrReset(link, resets: true);
            if (isRefused)
            {
                link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(ZmtpErrorCode.Refused, "nobody listens"));
            }
        };

        var result = await ProbeAsync(prober);

        Assert.Equal((ProbeOutcome.Miss, reason), (result.Outcome, result.Reason));
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.Equal(isRefused ? 2 : 3, _link.SentTexts.Count);
    }

    [Fact]
    public async Task ProbeAsync_FreshConnectionAfterAResetStaysWithoutAReply_IsAHungApplication()
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = (link, _) =>
        {
            if (link.Connections == 1)
            {
                AnswerOrReset(link, resets: true);
            }
        };

        var result = await ProbeAsync(prober);

        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Contains("the process lives, since it shook hands in this probe", result.Detail, StringComparison.Ordinal);
        Assert.Contains("; this was a fresh connection, because the kept connection, idle for 1 s,", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true, false, 1)] // the connection is new
    [InlineData(1, false, false, 1)] // the network is lost
    [InlineData(1, true, true, 700)] // it has shown that it lives
    [InlineData(1, true, false, 1600)] // the time that is left would prove nothing
    public async Task ProbeAsync_ConnectionIsLostInAnotherWay_IsAMissWithoutASecondRequest(int probes, bool isByPeer, bool pongs, double after)
    {
        using var prober = probes == 0 ? Prober("ping", Equal("pong")) : await KeptAsync("ping", "pong");
        _link.Pinged = link =>
        {
            if (pongs)
            {
                link.After(1, LinkOutcomeKind.Pong);
            }
        };
        _link.Sent = (link, _) => link.After(after, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "lost") { IsByPeer = isByPeer });

        var result = await ProbeAsync(prober);

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Disconnected), (result.Outcome, result.Reason));
        Assert.Equal(probes + 1, _link.SentTexts.Count);
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

    [Fact]
    public async Task ProbeAsync_DebtOfALostReply_EndsInTime()
    {
        using var prober = await KeptAsync("{token}", "{token}");
        _link.Sent = null;
        _link.Pong();
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason);
        _link.Pass(61_000);
        _link.Sent = (link, _) => link.ReplyAfter(5, "busy");
        Assert.Equal((FailureReason.UnexpectedReply, 0), ((await ProbeAsync(prober)).Reason, _observer.Stale));
    }

    [Theory]
    [InlineData(1990, 1990, true)] // the kernel says so, whenever we read it
    [InlineData(1000, 2010, false)] // as exact as timers are
    [InlineData(1000, 2300, null)] // it came at some time while we did not look
    [InlineData(2100, 2300, false)]
    public async Task ProbeAsync_ReplyReadLate_IsJudgedByWhenItCame(int earliest, int latest, bool? isInTime)
    {
        using var prober = await KeptAsync("ping", "pong");
        _link.Sent = null;
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, FakeLink.At(start, latest), ZmtpMessage.FromText("pong"))
        {
            Earliest = FakeLink.At(start, earliest),
        };
        var result = await ProbeAsync(prober);
        Assert.Equal(
            isInTime switch { true => ProbeOutcome.Late, false => ProbeOutcome.Miss, null => ProbeOutcome.LocalError },
            result.Outcome);
        Assert.Equal(isInTime is null, result.Detail.Contains("whether it came in time is unknown", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(700, 700, 0.5, ProbeOutcome.Late)]
    [InlineData(501, 900, 0.5, ProbeOutcome.Late)] // the socket was empty just after late_after
    [InlineData(0, 400, 0.5, ProbeOutcome.OnTime)]
    [InlineData(0, 700, 0.5, null)] // it came at some time while we did not look
    [InlineData(499, 1900, 0.5, null)]
    [InlineData(1500, 1900, 1.8, null)]
    [InlineData(1801, 1900, 1.8, ProbeOutcome.Late)]
    internal async Task ProbeAsync_RightReplyReadLate_IsLateOnlyIfItCameLate(int earliest, int latest, double lateAfter, object? outcome)
    {
        _link.Receiving = (link, start) => new LinkOutcome(LinkOutcomeKind.Message, FakeLink.At(start, latest), ZmtpMessage.FromText("pong"))
        {
            Earliest = FakeLink.At(start, earliest),
        };
        using var prober = Prober("ping", lateAfter, Equal("pong"));

        var result = await ProbeAsync(prober);

        Assert.Equal(((ProbeOutcome?)outcome ?? ProbeOutcome.OnTime, (true, true, true)), (result.Outcome, (result.Reachable, result.Responsive, result.Ready)));
        Assert.Equal(outcome is null, result.RoundTrip is null); // what nobody measured is no sample
        Assert.Equal(outcome is null, result.Detail.Contains("whether it came late is unknown", StringComparison.Ordinal));
    }

    /// <summary>A socket that was read at <c>late_after</c> and was empty tells late from on time wherever the kernel does not.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1.8)] // after the moment at which a sign of life is asked for
    public async Task ProbeAsync_NoReplyYet_TheSocketIsReadAtLateAfter(double lateAfter)
    {
        var waits = new List<double>();
        _link.Waiting = (start, until) => waits.Add(Math.Round((until - start).TotalSeconds, 3));
        _link.Sent = (link, _) => link.ReplyAfter(1900, "pong");
        using var prober = Prober("ping", lateAfter, Equal("pong"));
        Assert.Equal(ProbeOutcome.Late, (await ProbeAsync(prober)).Outcome);
        Assert.Contains(lateAfter, waits);
        Assert.Equal(2.0, waits[^1]);
    }

    [Fact]
    public async Task ProbeAsync_ConnectionThatWaitedForUs_GivesThePeerItsWholeTime()
    {
        // The handshake ended in time, and this process got to run only 10 s later.
        _link.OwnDelay = TimeSpan.FromSeconds(0.3);
        _link.Opening = () =>
        {
            var opened = new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
            _time.Advance(TimeSpan.FromSeconds(10));
            return opened;
        };
        _link.Sent = (link, _) => link.ReplyAfter(2200, "pong");
        using var prober = Prober("ping", Equal("pong"));
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Late, 2200.0), (result.Outcome, Math.Round(result.RoundTrip!.Value.TotalMilliseconds)));
    }

    private static void AnswerOrReset(FakeLink link, bool resets, string reply = "pong")
    {
        if (resets)
        {
            link.Lose();
            link.After(1, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "the peer reset the connection") { IsByPeer = true });
        }
        else
        {
            link.ReplyAfter(1, reply);
        }
    }

    private static (ProbeOutcome Outcome, string Detail) Words(ProbeResult result) => (result.Outcome, result.Detail);

    private static async Task<ProbeResult> ProbeAsync(RequestProber prober) => await prober.ProbeAsync(TestContext.Current.CancellationToken);

    /// <summary>A prober with a connection from an earlier probe, which went well.</summary>
    private async Task<RequestProber> KeptAsync(string send, string expected, params ExpectConfig[] more)
    {
        _link.Sent = (link, message) => link.ReplyAfter(1, send == "ping" ? "pong" : FakeLink.Text(message), "pong");
        var prober = Prober(send, [Equal(expected), .. more]);
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);
        _link.Pass(1000);
        return prober;
    }

    private RequestProber Prober(string send, params ReadOnlySpan<ExpectConfig> expects) => Prober(send, 0.5, expects);

    private RequestProber Prober(string send, double lateAfter, params ReadOnlySpan<ExpectConfig> expects)
    {
        var target = Target(new RequestProberConfig(SocketType.Req, Persistent: true, [Step(send, expects)]), lateAfter: lateAfter);
        return new RequestProber(target, LinkSetup.OptionsFor(target), _link, _time, _observer);
    }
}
