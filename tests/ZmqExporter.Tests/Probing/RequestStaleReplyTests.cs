using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>Replies to an earlier probe, and messages that nobody asked for.</summary>
public sealed class RequestStaleReplyTests : RequestProberTestBase
{
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
        await ProbeAsync(prober);
        var result = await ProbeAsync(prober);
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.True(_observer.Stale > 0);
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
        Assert.DoesNotContain("slow rather than hung", (await ProbeAsync(prober)).Detail, StringComparison.Ordinal); // nothing came yet
        for (var i = 0; i < 2; i++)
        {
            _link.Pass(13_000);
            var result = await ProbeAsync(prober);
            Assert.Equal((FailureReason.ReplyTimeout, true, false), (result.Reason, result.Reachable, result.Responsive));
            Assert.Equal(
                "no reply within 2 s: the reply to an earlier probe came after its deadline, so the server is slow rather than hung, or the timeout is too short",
                result.Detail);
        }

        _link.Sent = null;
        _link.Pass(13_000);
        await ProbeAsync(prober); // the last late reply came before this one
        Assert.DoesNotContain("slow rather than hung", (await ProbeAsync(prober)).Detail, StringComparison.Ordinal);
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
        await ProbeAsync(prober);
        _link.Sent = null;
        _link.Pass(100);
        Assert.Contains("its application hangs, needs longer, or ignores requests", (await ProbeAsync(prober)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_StaleTokenFirst_WaitsForItsOwn()
    {
        _link.Pong();
        var prober = Prober(Step("{token}", Equal("{token}")));
        _link.Sent = (link, message) => link.ReplyAfter(2500, FakeLink.Text(message));
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason);
        Assert.Equal([AfterProbe.KeepUnanswered], _link.Ended); // by token it can be told apart
        _link.Pass(100);
        _link.Sent = (link, message) => link.ReplyAfter(450, FakeLink.Text(message));
        var result = await ProbeAsync(prober);
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
        await ProbeAsync(prober);
        var result = await ProbeAsync(prober);
        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
        Assert.Equal((true, false), (result.Reachable, result.Responsive));
        Assert.Contains("only what it was asked earlier", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_WrongRepliesWithoutTokenAfterATimeout_AreUnexpectedFromTheNextConnectionOn()
    {
        _link.Pong();
        var prober = Prober(Step("{token}", Equal("{token}")));
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason);
        _link.Sent = (link, _) => link.ReplyAfter(10, "error");
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason); // it may be the answer to the first request
        Assert.Equal(FailureReason.UnexpectedReply, (await ProbeAsync(prober)).Reason);
        Assert.Equal(FailureReason.UnexpectedReply, (await ProbeAsync(prober)).Reason);
    }

    [Fact]
    public async Task ProbeAsync_LateReplyWithoutToken_NeverAnswersTheNextProbe()
    {
        var prober = Prober(Step("ping", Equal("pong")));
        _link.Sent = (link, _) => link.ReplyAfter(2500, "pong");
        await ProbeAsync(prober);
        _link.Sent = null;
        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason);
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
            Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);
            link.Pass(100);
            Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);
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
        var result = await ProbeAsync(Prober(Step("ping", Equal("pong"))));
        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
        Assert.Equal(0, _observer.Stale); // on a new connection it answers nobody
        Assert.Contains("before the request was sent, the server sent \"pong\"", result.Detail, StringComparison.Ordinal);
        Assert.Contains("until", result.Detail, StringComparison.Ordinal);
    }
}
