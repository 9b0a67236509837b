using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

/// <summary>A peer that answers no PING, or ends at one, is not blamed for that.</summary>
public sealed class RequestPingTests : RequestProberTestBase
{
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
}
