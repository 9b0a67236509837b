using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>A kept connection that is lost at the request: a dead connection is no dead server.</summary>
public sealed class RequestResetTests : RequestProberTestBase
{
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
}
