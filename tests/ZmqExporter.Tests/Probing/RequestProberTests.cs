using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

public sealed class RequestProberTests : RequestProberTestBase
{
    [Fact]
    public async Task ProbeAsync_ReplyInTime_IsOnTimeWithTimings()
    {
        _link.Sent = (link, _) => link.ReplyAfter(100, "pong");
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
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
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Late, null), (result.Outcome, result.Reason));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal(1, result.Phases.Ping!.Value.TotalMilliseconds, 0.5);
        Assert.Equal([AfterProbe.Keep], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_WrongReply_IsUnexpected()
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "busy");
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
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

        var result = await ProbeAsync(prober);

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
        var result = await ProbeAsync(Prober(Until("hello", Equal("bye"))));
        Assert.Equal((ProbeOutcome.OnTime, null), (result.Outcome, result.Reason));
        Assert.Equal(30, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
    }

    [Fact]
    public async Task ProbeAsync_UntilNeverMet_IsATimeoutOfAReachableServer()
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "one");
        var result = await ProbeAsync(Prober(Until("hello", Equal("bye"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout), (result.Outcome, result.Reason));
        Assert.Equal((true, false, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("1 other came, the last one passed over because frame 0 is \"one\"", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_UntilNeverMetByVeryMany_GivesUp()
    {
        _link.Sent = (link, _) =>
        {
            for (var i = 0; i < 10_001; i++)
            {
                link.ReplyAfter(1, "one");
            }
        };
        var result = await ProbeAsync(Prober(Until("hello", Equal("bye"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply), (result.Outcome, result.Reason));
        Assert.Contains("10001 messages came, none meets until, and max_passed_over is 10000: frame 0 is \"one\" instead of \"bye\"", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_UntilMetByWhatFailsExpect_IsUnexpected()
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "bye");
        var step = Until("hello", Equal("bye")) with { Expect = [new ExpectConfig.FrameCount(2)] };
        var result = await ProbeAsync(Prober(step));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply), (result.Outcome, result.Reason));
    }

    [Theory]
    [InlineData(SocketType.Req, true, AfterProbe.Keep)]
    [InlineData(SocketType.Dealer, true, AfterProbe.Abort)]
    [InlineData(SocketType.Req, false, AfterProbe.Abort)]
    internal async Task ProbeAsync_WrongReply_KeepsOnlyWhatCannotSayMore(SocketType socket, bool persistent, AfterProbe expected)
    {
        _link.Sent = (link, _) => link.ReplyAfter(10, "busy");
        await ProbeAsync(Prober(new RequestProberConfig(socket, persistent, [Step("ping", Equal("pong"))])));
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
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout), (result.Outcome, result.Reason));
        Assert.Equal((reachable, false, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.StartsWith("no reply within 2 s", result.Detail, StringComparison.Ordinal);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.Equal(2000, result.Elapsed.TotalMilliseconds, 1.0);
        Assert.Equal(knowsPing ? 1 : 0, _link.Pings);
        Assert.Equal([AfterProbe.KeepForLateReply], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_ConnectTookNearlyAllOfTheTime_IsReachableByItsHandshake()
    {
        _link.Opening = () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1990));
            return new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
        };
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
    }

    [Fact]
    public async Task ProbeAsync_PongOfAnEarlierProbe_ProvesNothing()
    {
        _link.Sent = (link, _) => link.After(10, LinkOutcomeKind.Pong);
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
        Assert.Contains("no answer to a ZMTP PING either", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Phases.Ping); // nothing ended it
    }

    [Fact]
    public async Task ProbeAsync_LostWhileWaiting_IsDisconnected()
    {
        _link.HasGreeted = true; // long ago
        _link.Sent = (link, _) => link.After(5, LinkOutcomeKind.Failed, error: new ZmtpError(ZmtpErrorCode.Disconnected, "gone"));
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Disconnected, "gone"), (result.Outcome, result.Reason, result.Detail));
        Assert.Equal((false, false, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal([AfterProbe.Abort], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_ConnectionHeldBack_SaysNothingOfTheTarget()
    {
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: new ZmtpError(ZmtpErrorCode.Local, "too many") { IsHeldBack = true });

        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));

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
            var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
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
        Assert.False((await ProbeAsync(Prober(Step("ping", Equal("pong"))))).Reachable);
    }

    [Fact]
    public async Task ProbeAsync_TwoSteps_SendsTheSecondAfterTheFirstReply()
    {
        _link.Sent = (link, message) => link.ReplyAfter(20, FakeLink.Text(message) == "one" ? "1" : "2");
        var result = await ProbeAsync(Prober(Step("one", Equal("1")), Step("two", Equal("2"))));
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.Equal(40, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
        Assert.Equal(["one", "two"], _link.SentTexts);
    }

    [Fact]
    public async Task ProbeAsync_PerProbe_Closes()
    {
        _link.Sent = (link, _) => link.ReplyAfter(1, "pong");
        await ProbeAsync(Prober(new RequestProberConfig(SocketType.Req, false, [Step("ping", Equal("pong"))])));
        Assert.Equal([AfterProbe.Close], _link.Ended);
        Assert.False(_link.Reconnects);
    }

    [Fact]
    public async Task ProbeAsync_Sequence_CountsProbes()
    {
        _link.Sent = (link, _) => link.ReplyAfter(1, "ok");
        var prober = Prober(Step("{sequence} {unix_ms}"));
        await ProbeAsync(prober);
        await ProbeAsync(prober);
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
}
