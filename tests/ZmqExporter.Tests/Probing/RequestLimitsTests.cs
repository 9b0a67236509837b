using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary><c>max_passed_over</c>, <c>max_reply</c> and <c>routing_id</c> of a request.</summary>
public sealed class RequestLimitsTests : RequestProberTestBase
{
    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(3, 2, false)]
    public async Task ProbeAsync_MaxPassedOver_IsHowManyAreForgiven(int others, int allowed, bool isForgiven)
    {
        _link.Sent = (link, _) =>
        {
            for (var i = 0; i < others; i++)
            {
                link.ReplyAfter(1, "one");
            }

            link.ReplyAfter(2, "bye");
        };
        var result = await ProbeAsync(Prober(new RequestProberConfig(SocketType.Dealer, true, [Until("hello", Equal("bye"))]) { MaxPassedOver = allowed }));
        Assert.Equal(isForgiven ? null : FailureReason.UnexpectedReply, result.Reason);
    }

    [Fact]
    public async Task ProbeAsync_MaxPassedOver_IsForgivenInEachStep()
    {
        _link.Sent = (link, message) =>
        {
            link.ReplyAfter(1, "wait");
            link.ReplyAfter(1, "wait");
            link.ReplyAfter(2, FakeLink.Text(message));
        };
        var result = await ProbeAsync(Prober(new RequestProberConfig(SocketType.Dealer, true, [Until("one", Equal("one")), Until("two", Equal("two"))]) { MaxPassedOver = 2 }));
        Assert.Equal((null, ""), (result.Reason, result.Detail));
    }

    [Fact]
    public async Task ProbeAsync_StepAfterMessagesPassedOverIsSilent_IsJudgedAsAnySilence()
    {
        _link.Sent = (link, message) =>
        {
            if (FakeLink.Text(message) == "one")
            {
                link.ReplyAfter(1, "wait");
                link.ReplyAfter(2, "one");
            }
        };
        var result = await ProbeAsync(Prober(new RequestProberConfig(SocketType.Dealer, true, [Until("one", Equal("one")), Step("two")])));
        Assert.Equal(FailureReason.ReplyTimeout, result.Reason);
        Assert.DoesNotContain("until", result.Detail, StringComparison.Ordinal);

        _link.Sent = (link, message) =>
        {
            if (FakeLink.Text(message) == "one")
            {
                link.ReplyAfter(1, "one");
            }
        };
        var other = await ProbeAsync(Prober(new RequestProberConfig(SocketType.Dealer, true, [Step("one"), Step("two")])));
        Assert.Equal(other.Detail, result.Detail);
        Assert.StartsWith("no reply within 2 s, and no answer to a ZMTP PING ", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "; max_reply is 16MiB: raise it if a healthy server sends so much")]
    [InlineData(false, "")] // it had too many frames
    public async Task ProbeAsync_ReplyTooLarge_NamesTheKey(bool isSize, string key)
    {
        var error = new ZmtpError(ZmtpErrorCode.TooLarge, "the peer announced a frame of 17000000 bytes, and 16777216 is the limit here") { IsMessageSize = isSize };
        _link.Sent = (link, _) => link.After(1, LinkOutcomeKind.Failed, error: error);
        var result = await ProbeAsync(Prober(new RequestProberConfig(SocketType.Req, true, [Step("hello")]) { MaxReply = 16 << 20 }));
        Assert.Equal((FailureReason.TooLarge, isSize), (result.Reason, result.Responsive == true)); // what answers with more than we take does not hang
        Assert.EndsWith(" is the limit here" + key, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_KeptConnectionWithARoutingIdFallsSilent_IsNotAskedTwice()
    {
        _link.Sent = (link, _) => link.ReplyAfter(1, "pong");
        var config = new RequestProberConfig(SocketType.Req, true, [Step("ping")]) { RoutingId = [.. "probe-1"u8] };
        using var prober = Prober(config);
        Assert.Null((await ProbeAsync(prober)).Reason);
        _link.Pass(1000);
        _link.MayReplace = false;
        _link.Sent = null;
        _link.BesideAsked = link => link.After(1, LinkOutcomeKind.BesideOpened);

        var result = await ProbeAsync(prober);

        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Equal((1, 0, 2), (_link.Besides, _link.BesidesTaken, _link.SentTexts.Count));
        Assert.EndsWith("; a ROUTER also ignores a peer whose routing_id another connection has, from wherever it comes", result.Detail, StringComparison.Ordinal);
    }
}
