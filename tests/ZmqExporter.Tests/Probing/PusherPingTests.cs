using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>What a ZMTP PING tells of a pusher whose heartbeats stay away.</summary>
public sealed class PusherPingTests : ListenProberTestBase
{
    [Fact]
    public async Task Probe_SilentPusherThatAnswersAPing_LivesAndDoesNotBeat()
    {
        _peer.KnowsPing = true;
        _peer.Answers = true;
        await SilenceAsync();

        var result = await ExpectAsync(
            ProbeOutcome.Miss, "instance run1, and that connection stands: its I/O thread answers a ZMTP PING, so the process lives, and does not come to its beat");

        Assert.Equal((FailureReason.Silent, true, false, 1), (result.Reason, result.Reachable, result.Ready, _peer.Pings));
    }

    [Theory]
    [InlineData(true, "the process is frozen, or a proxy or load balancer between holds the connection; what we sent was acknowledged, but nothing answers it")]
    [InlineData(false, "the network or the host is lost; nobody acknowledged what we sent")]
    [InlineData(null, "the process is frozen, or the network lost it")]
    public async Task Probe_SilentPusherThatAnswersNoPing_IsFrozenOrLost(bool? isAcknowledged, string words)
    {
        _peer.KnowsPing = true;
        _peer.IsAcknowledged = isAcknowledged;
        await SilenceAsync();

        var result = await ProbeSlowlyAsync();
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, false), (result.Outcome, result.Reason, result.Reachable));
        Assert.Contains($"and no answer to a ZMTP PING on that connection within 1.8 s: {words}", result.Detail, StringComparison.Ordinal);

        // It is frozen still: the question is out, and no further one is asked.
        Assert.False((await ProbeSlowlyAsync()).Reachable);
        Assert.Equal(1, _peer.Pings);

        // It goes on, and what it had to answer comes at once.
        _peer.Answer();
        _peer.Answers = true;
        Assert.True((await _prober.ProbeAsync(CancellationToken.None)).Reachable);
    }

    [Fact]
    public async Task Probe_BeatThatComesWhileAPongIsAwaited_IsNoSilence()
    {
        _peer.KnowsPing = true;
        await SilenceAsync();
        _peer.Asked = () => Push();

        var result = await ProbeSlowlyAsync();

        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
    }

    [Fact]
    public async Task Probe_PusherThatLivesAndAnswersNoPing_IsAskedNoMore()
    {
        _peer.KnowsPing = true;
        await SilenceAsync();
        Assert.False((await ProbeSlowlyAsync()).Reachable);
        Push();
        await ExpectAsync(ProbeOutcome.OnTime, "1 heartbeat since the last probe");

        await SilenceAsync();
        var result = await ExpectAsync(ProbeOutcome.Miss, "whether the process lives now is unknown: it completes handshakes and answers no ZMTP PING");
        Assert.Equal((null, 1), (result.Reachable, _peer.Pings));
    }

    [Fact]
    public async Task Probe_PusherThatEndsTheConnectionAtAPing_GetsNoMore()
    {
        _peer.KnowsPing = true;
        await SilenceAsync();
        _peer.Asked = () =>
        {
            _peer.EndedAtPing = true;
            _sender.OnClosed(Timestamp.Now(_time), "the peer closed the connection");
            _peer.Answer(Timestamp.None);
        };
        await ExpectAsync(ProbeOutcome.Miss, "the peer closed the connection, at our ZMTP PING: it does not know that command and gets no more");

        var again = new PushSender(new FakePeer(_time) { KnowsPing = true });
        _beats.Deliver(ZmtpMessage.FromText("ZHB1", "backup", "SERVING", "run1", "9", "1767323045", "10"), again, Timestamp.Now(_time));
        _time.Advance(TimeSpan.FromSeconds(26));
        await ExpectAsync(ProbeOutcome.Miss, "whether the process lives now is unknown: it does not know ZMTP PING");
    }

    [Fact]
    public async Task Probe_PingIsOff_AsksNobody()
    {
        using var prober = new ListenProber(
            Parsed.Config("modules: {quiet: {extends: heartbeat_push, ping: false}}\ntargets: [{name: backup, modules: [quiet]}]").Targets[0], _beats, _time, _observer);
        _peer.KnowsPing = true;
        await SilenceAsync();

        Assert.Contains("unknown: ping: false keeps us from asking it", (await prober.ProbeAsync(CancellationToken.None)).Detail, StringComparison.Ordinal);
        Assert.Equal(0, _peer.Pings);
    }
}
