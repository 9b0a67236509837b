using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

public sealed class RequestProberTests : ProberTestBase
{
    [Fact]
    public async Task ProbeAsync_ReplyInTime_IsOnTimeWithTimings()
    {
        _link.Sent = (link, _) => link.ReplyAfter(100, "pong");
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.OnTime, null, ""), (result.Outcome, result.Reason, result.Detail));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal(100, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
        Assert.Equal(100, result.Phases.Request!.Value.TotalMilliseconds, 1.0);
        Assert.Equal((1, 2), (result.Phases.Connect!.Value.TotalMilliseconds, result.Phases.Handshake!.Value.TotalMilliseconds));
        Assert.Null(result.Phases.Ping);
        Assert.Equal([AfterProbe.Keep], _link.Ended);
        Assert.True(_link.Reconnects);
    }

    [Fact]
    public async Task ProbeAsync_ReplyAfterTheSoftDeadline_IsLate()
    {
        _link.Sent = (link, _) => link.ReplyAfter(700, "pong");
        _link.Pinged = link => link.After(1, LinkOutcomeKind.Pong);
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal(1, result.Phases.Ping!.Value.TotalMilliseconds, 0.5);
        Assert.Equal([AfterProbe.Keep], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_WrongReply_IsUnexpected()
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "busy");
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply), (result.Outcome, result.Reason));
        Assert.Equal((true, true, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("\"busy\"", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.RoundTrip);
    }

    [Theory]
    [InlineData("REP", SocketType.Dealer, "ping", false)]
    [InlineData("REP", SocketType.Dealer, "{token}", false)]
    [InlineData("REP", SocketType.Dealer, "", false)] // nothing behind the empty frame
    [InlineData("REP", SocketType.Dealer, "|ping", true)]
    [InlineData("REP", SocketType.Dealer, "{unix_ms}||ping", true)]
    [InlineData("REP", SocketType.Req, "ping", true)]
    [InlineData("ROUTER", SocketType.Dealer, "ping", true)]
    [InlineData(null, SocketType.Dealer, "ping", true)]
    public async Task ProbeAsync_DealerAtARepThatItsMessageCouldBlock_SendsNothingOfAnyStep(string? peer, SocketType socket, string message, bool isSent)
    {
        _link.Peer = new PeerInfo(3, 1, "NULL", peer, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        _link.Sent = (link, _) => link.ReplyAfter(1, "pong");
        var target = Target(new RequestProberConfig(socket, Persistent: true, [Frames("|first"), Frames(message)]));
        using var prober = new RequestProber(target, LinkSetup.OptionsFor(target), _link, _time, _observer);

        var result = await Probe(prober);

        Assert.Equal(isSent ? (null, true, 2) : (FailureReason.SocketType, true, 0), (result.Reason, result.Reachable, _link.SentTexts.Count));
        Assert.Equal(!isSent, result.Detail.Contains("nothing was sent", StringComparison.Ordinal));

        static RequestStepConfig Frames(string texts) => new([.. texts.Split('|').Select(text => new FrameConfig(text, []))], []);
    }

    [Fact]
    public async Task ProbeAsync_MessagesBeforeUntil_ArePassedOver()
    {
        _link.Sent = (link, _) =>
        {
            link.ReplyAfter(10, "one");
            link.ReplyAfter(20, "two");
            link.ReplyAfter(30, "bye");
        };
        var result = await Probe(Prober(Until("hello", Equal("bye"))));
        Assert.Equal((ProbeOutcome.OnTime, null), (result.Outcome, result.Reason));
        Assert.Equal(30, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
    }

    [Fact]
    public async Task ProbeAsync_UntilNeverMet_IsATimeoutOfAReachableServer()
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "one");
        var result = await Probe(Prober(Until("hello", Equal("bye"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout), (result.Outcome, result.Reason));
        Assert.Equal((true, false, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("1 other came, the last one passed over because frame 0 is \"one\"", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_UntilNeverMetByVeryMany_GivesUp()
    {
        _link.Sent = (link, _) =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                link.ReplyAfter(1, "one");
            }
        };
        var result = await Probe(Prober(Until("hello", Equal("bye"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply), (result.Outcome, result.Reason));
        Assert.Contains("10000 messages came", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_UntilMetByWhatFailsExpect_IsUnexpected()
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "bye");
        var step = Until("hello", Equal("bye")) with { Expect = [new ExpectConfig.FrameCount(2)] };
        var result = await Probe(Prober(step));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task ProbeAsync_UntilWithTheTokenOfAnEarlierProbe_IsStale()
    {
        var earlier = "";
        _link.Sent = (link, message) =>
        {
            var text = FakeLink.Text(message);
            link.ReplyAfter(10, earlier.Length == 0 ? text : earlier);
            link.ReplyAfter(20, text);
            earlier = text;
        };
        var prober = Prober(Until("{token}", Equal("{token}")));
        await Probe(prober);
        var result = await Probe(prober);
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.True(_observer.Stale > 0);
    }

    [Theory]
    [InlineData(SocketType.Req, true, AfterProbe.Keep)]
    [InlineData(SocketType.Dealer, true, AfterProbe.Abort)]
    [InlineData(SocketType.Req, false, AfterProbe.Abort)]
    internal async Task ProbeAsync_WrongReply_KeepsOnlyWhatCannotSayMore(SocketType socket, bool persistent, AfterProbe expected)
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "busy");
        await Probe(Prober(new RequestProberConfig(socket, persistent, [Step("ping", Equal("pong"))])));
        Assert.Equal([expected], _link.Ended);
    }

    [Theory]
    [InlineData(true, true, true, "its application hangs, needs longer, or ignores requests")]
    [InlineData(true, false, true, "it froze since, or it does not know PING: try ping: false")]
    [InlineData(false, false, true, "since it shook hands in this probe")]
    public async Task ProbeAsync_NoReply_APongTellsHungFromFrozen(bool knowsPing, bool pongs, bool? reachable, string words)
    {
        _link.KnowsPing = knowsPing;
        _link.Pinged = link =>
        {
            if (pongs)
            {
                link.After(3, LinkOutcomeKind.Pong);
            }
        };
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout), (result.Outcome, result.Reason));
        Assert.Equal((reachable, false, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.StartsWith("no reply within 2 s", result.Detail, StringComparison.Ordinal);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.Equal(2000, result.Elapsed.TotalMilliseconds, 1.0);
        Assert.Equal(knowsPing ? 1 : 0, _link.Pings);
        Assert.Equal([AfterProbe.KeepForLateReply], _link.Ended);
    }

    [Theory]
    [InlineData("ping", "pong", true)]
    [InlineData("{token}", "{token}", true)]
    [InlineData("ping", "pong", false)]
    public async Task ProbeAsync_EachReplyComesAfterItsProbe_IsCalledSlowAndNotHung(string send, string expected, bool knowsPing)
    {
        _link.KnowsPing = knowsPing;
        _link.Sent = (link, message) => link.ReplyAfter(3000, send == "ping" ? "pong" : FakeLink.Text(message));
        _link.Pinged = link =>
        {
            if (knowsPing)
            {
                link.After(3, LinkOutcomeKind.Pong);
            }
        };
        var prober = Prober(Step(send, Equal(expected)));
        Assert.DoesNotContain("slow rather than hung", (await Probe(prober)).Detail, StringComparison.Ordinal); // nothing came yet
        for (var i = 0; i < 2; i++)
        {
            _link.Pass(13_000);
            var result = await Probe(prober);
            Assert.Equal((FailureReason.ReplyTimeout, true, false), (result.Reason, result.Reachable, result.Responsive));
            Assert.Equal(
                "no reply within 2 s: the reply to an earlier probe came after its deadline, so the server is slow rather than hung, or the timeout is too short",
                result.Detail);
        }

        _link.Sent = null;
        _link.Pass(13_000);
        await Probe(prober); // the last late reply came before this one
        Assert.DoesNotContain("slow rather than hung", (await Probe(prober)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ANotAskedMessageAfterAnAnsweredProbe_IsNoLateReply()
    {
        _link.Sent = (link, _) =>
        {
            link.ReplyAfter(10, "pong");
            link.ReplyAfter(20, "news");
        };
        _link.Pinged = link => link.After(3, LinkOutcomeKind.Pong);
        var prober = Prober(Step("ping", Equal("pong")));
        await Probe(prober);
        _link.Sent = null;
        _link.Pass(100);
        Assert.Contains("its application hangs, needs longer, or ignores requests", (await Probe(prober)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ConnectTookNearlyAllOfTheTime_IsReachableByItsHandshake()
    {
        _link.Opening = () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1990));
            return new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
        };
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
    }

    [Fact]
    public async Task ProbeAsync_PongOfAnEarlierProbe_ProvesNothing()
    {
        _link.Sent = (link, _) => link.After(10, LinkOutcomeKind.Pong);
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Contains("no answer to a ZMTP PING either", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Phases.Ping); // nothing ended it
    }

    [Fact]
    public async Task ProbeAsync_LostWhileWaiting_IsDisconnected()
    {
        _link.HasGreeted = true; // long ago
        _link.Sent = (link, _) => link.After(5, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "gone"));
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Disconnected, "gone"), (result.Outcome, result.Reason, result.Detail));
        Assert.Equal((false, false, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal([AfterProbe.Abort], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_ConnectionHeldBack_SaysNothingOfTheTarget()
    {
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: new ZmtpError(ZmtpErrorCode.Local, "too many") { IsHeldBack = true });

        var result = await Probe(Prober(Step("ping", Equal("pong"))));

        Assert.Equal((true, ProbeOutcome.LocalError, "too many"), (result.IsHeldBack, result.Outcome, result.Detail));
        Assert.Equal((null, null, null), (result.Reachable, result.Responsive, result.Ready));
    }

    [Fact]
    public async Task ProbeAsync_EveryErrorOfAConnection_HasItsReason()
    {
        foreach (var code in Enum.GetValues<ZmtpErrorCode>())
        {
            _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(code, "why"));
            _link.HasGreeted = true;
            var result = await Probe(Prober(Step("ping", Equal("pong"))));
            if (code == ZmtpErrorCode.Local)
            {
                Assert.Equal((ProbeOutcome.LocalError, FailureReason.LocalError), (result.Outcome, result.Reason));
                Assert.Equal((null, null, null), (result.Reachable, result.Responsive, result.Ready));
                continue;
            }

            Assert.Equal((ProbeOutcome.Miss, code.ToString()), (result.Outcome, result.Reason.ToString()));
            var speaksZmtp = code is ZmtpErrorCode.Version or ZmtpErrorCode.Mechanism or ZmtpErrorCode.Auth
                or ZmtpErrorCode.SocketType or ZmtpErrorCode.Protocol or ZmtpErrorCode.TooLarge
                or ZmtpErrorCode.Disconnected or ZmtpErrorCode.HandshakeTimeout; // its greeting came in this very attempt
            Assert.Equal((speaksZmtp, false, false), (result.Reachable, result.Responsive, result.Ready));
        }
    }

    [Theory]
    [InlineData(ZmtpErrorCode.Disconnected)]
    [InlineData(ZmtpErrorCode.HandshakeTimeout)]
    public async Task ProbeAsync_LostBeforeAGreeting_IsUnreachable(ZmtpErrorCode code)
    {
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(code, "why"));
        Assert.False((await Probe(Prober(Step("ping", Equal("pong"))))).Reachable);
    }

    [Fact]
    public async Task ProbeAsync_TwoSteps_SendsTheSecondAfterTheFirstReply()
    {
        _link.Sent = (link, message) => link.ReplyAfter(20, FakeLink.Text(message) == "one" ? "1" : "2");
        var result = await Probe(Prober(Step("one", Equal("1")), Step("two", Equal("2"))));
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.Equal(40, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
        Assert.Equal(["one", "two"], _link.SentTexts);
    }

    [Fact]
    public async Task ProbeAsync_PerProbe_Closes()
    {
        _link.Sent = (link, _) => link.ReplyAfter(1, "pong");
        await Probe(Prober(new RequestProberConfig(SocketType.Req, false, [Step("ping", Equal("pong"))])));
        Assert.Equal([AfterProbe.Close], _link.Ended);
        Assert.False(_link.Reconnects);
    }

    [Fact]
    public async Task ProbeAsync_StaleTokenFirst_WaitsForItsOwn()
    {
        _link.Pong();
        var prober = Prober(Step("{token}", Equal("{token}")));
        _link.Sent = (link, message) => link.ReplyAfter(2500, FakeLink.Text(message));
        Assert.Equal(FailureReason.ReplyTimeout, (await Probe(prober)).Reason);
        Assert.Equal([AfterProbe.KeepUnanswered], _link.Ended); // by token it can be told apart
        _link.Pass(100);
        _link.Sent = (link, message) => link.ReplyAfter(450, FakeLink.Text(message));
        var result = await Probe(prober);
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.Equal(450, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
        Assert.Equal(1, _observer.Stale);
    }

    [Fact]
    public async Task ProbeAsync_OnlyStaleTokens_IsReachableButNotResponsive()
    {
        _link.Pong();
        var prober = Prober(Step("{token}", Equal("{token}")));
        _link.Sent = (link, message) => link.ReplyAfter(2500, FakeLink.Text(message));
        await Probe(prober);
        var result = await Probe(prober);
        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
        Assert.Equal((true, false), (result.Reachable, result.Responsive));
        Assert.Contains("only what it was asked earlier", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_WrongRepliesWithoutTokenAfterATimeout_AreUnexpectedFromTheNextConnectionOn()
    {
        _link.Pong();
        var prober = Prober(Step("{token}", Equal("{token}")));
        Assert.Equal(FailureReason.ReplyTimeout, (await Probe(prober)).Reason);
        _link.Sent = (link, _) => link.ReplyAfter(10, "error");
        Assert.Equal(FailureReason.ReplyTimeout, (await Probe(prober)).Reason); // it may be the answer to the first request
        Assert.Equal(FailureReason.UnexpectedReply, (await Probe(prober)).Reason);
        Assert.Equal(FailureReason.UnexpectedReply, (await Probe(prober)).Reason);
    }

    [Fact]
    public async Task ProbeAsync_LateReplyWithoutToken_NeverAnswersTheNextProbe()
    {
        var prober = Prober(Step("ping", Equal("pong")));
        _link.Sent = (link, _) => link.ReplyAfter(2500, "pong");
        await Probe(prober);
        _link.Sent = null;
        Assert.Equal(FailureReason.ReplyTimeout, (await Probe(prober)).Reason);
        Assert.Equal(2, _link.Connections);
    }

    [Fact]
    public async Task ProbeAsync_MessageThatNobodyAskedFor_RenewsTheConnectionOnlyWithoutToken()
    {
        foreach (var (hasToken, connections) in new[] { (true, 1), (false, 2) })
        {
            var link = new FakeLink(_time) { Sent = (link, message) => Twice(link, FakeLink.Text(message)) };
            var target = Target(new RequestProberConfig(SocketType.Req, true, [hasToken ? Step("{token}", Equal("{token}")) : Step("a", Equal("a"))]));
            var prober = new RequestProber(target, LinkSetup.OptionsFor(target), link, _time, _observer);
            Assert.Equal(ProbeOutcome.OnTime, (await Probe(prober)).Outcome);
            link.Pass(100);
            Assert.Equal(ProbeOutcome.OnTime, (await Probe(prober)).Outcome);
            Assert.Equal(connections, link.Connections);
        }

        static void Twice(FakeLink link, string text)
        {
            link.ReplyAfter(10, text);
            link.ReplyAfter(20, text);
        }
    }

    [Fact]
    public async Task ProbeAsync_MessageFromBeforeTheRequest_IsNoAnswer()
    {
        _link.Opening = () =>
        {
            _link.ReplyAfter(0, "pong");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
        };
        var result = await Probe(Prober(Step("ping", Equal("pong"))));
        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
        Assert.Equal(0, _observer.Stale); // on a new connection it answers nobody
        Assert.Contains("before the request was sent, the server sent \"pong\"", result.Detail, StringComparison.Ordinal);
        Assert.Contains("until", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_Sequence_CountsProbes()
    {
        _link.Sent = (link, _) => link.ReplyAfter(1, "ok");
        var prober = Prober(Step("{sequence} {unix_ms}"));
        await Probe(prober);
        await Probe(prober);
        Assert.Equal([1, 2], _link.SentTexts.Select(text => int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task ProbeAsync_Stopping_DisposesTheLink()
    {
        using var stopping = new CancellationTokenSource();
        _link.Sent = (_, _) => stopping.Cancel();
        await Prober(Step("ping")).ProbeAsync(stopping.Token);
        Assert.True(_link.Disposed);
    }

    private static async Task<ProbeResult> Probe(RequestProber prober) => await prober.ProbeAsync(TestContext.Current.CancellationToken);

    private RequestProber Prober(params ReadOnlySpan<RequestStepConfig> steps) => Prober(new RequestProberConfig(SocketType.Req, true, [.. steps]));

    private RequestProber Prober(RequestProberConfig config) => new(Target(config), LinkSetup.OptionsFor(Target(config)), _link, _time, _observer);
}
