using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>The words of a verdict are those of the evidence, and lead to what to do.</summary>
public sealed class RequestVerdictTests : ProberTestBase
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)] // a network that was lost
    public async Task ProbeAsync_ConnectionLostAfterTheRequest_SuspectsTheRequestWhenThePeerClosed(bool isByPeer, bool suspects)
    {
        _link.Sent = (link, _) => link.After(13, LinkOutcomeKind.Failed, error: Lost(isByPeer));

        var result = await ProbeAsync(SocketType.Req, "ping", "pong");

        Assert.Equal(FailureReason.Disconnected, result.Reason);
        Assert.StartsWith("seen", result.Detail, StringComparison.Ordinal);
        Assert.Equal(suspects, result.Detail.Contains("13 ms after our request was sent", StringComparison.Ordinal));
        Assert.Equal(suspects, result.Detail.Contains("stop probing with that payload", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProbeAsync_ConnectionNotMade_SaysNothingOfTheRequest()
    {
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: Lost(isByPeer: true));

        Assert.Equal("seen", (await ProbeAsync(SocketType.Req, "ping", "pong")).Detail);
    }

    [Theory]
    [InlineData("not ready", true, "")] // a reply: the server's host had the request
    [InlineData("not ready", null, "")]
    [InlineData("hello", false, "it came before the server had the request")]
    [InlineData("", true, "ZMQ_PROBE_ROUTER")]
    public async Task ProbeAsync_WrongReplyToADealer_NamesUntilOnlyWhereItMayBeNoReply(string reply, bool? isAcknowledged, string hint)
    {
        _link.IsAcknowledged = isAcknowledged;
        _link.Sent = (link, _) => link.ReplyAfter(1, reply);

        var result = await ProbeAsync(SocketType.Dealer, "ping", "pong");

        Assert.Equal(FailureReason.UnexpectedReply, result.Reason);
        Assert.Contains(hint, result.Detail, StringComparison.Ordinal);
        Assert.Equal(hint.Length > 0, result.Detail.Contains("until", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("not ready")]
    [InlineData("")]
    public async Task ProbeAsync_WrongReplyToAReq_NeverNamesUntilWhichItDoesNotHave(string reply)
    {
        _link.IsAcknowledged = false;
        _link.Sent = (link, _) => link.ReplyAfter(1, reply);

        var result = await ProbeAsync(SocketType.Req, "ping", "pong");

        Assert.Equal(FailureReason.UnexpectedReply, result.Reason);
        Assert.DoesNotContain("until", result.Detail, StringComparison.Ordinal);
    }

    private static ZmtpError Lost(bool isByPeer) => new(ZmtpErrorCode.Disconnected, "seen") { IsByPeer = isByPeer };

    private async Task<ProbeResult> ProbeAsync(SocketType socket, string send, string expected)
    {
        var target = Target(new RequestProberConfig(socket, Persistent: true, [Step(send, Equal(expected))]));
        using var prober = new RequestProber(target, LinkSetup.OptionsFor(target), _link, _time, _observer);
        return await prober.ProbeAsync(TestContext.Current.CancellationToken);
    }
}
