using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>What the exporter itself kept away is no silence of the pusher.</summary>
public sealed class PusherKeptAwayTests : ListenProberTestBase
{
    [Fact]
    public async Task Probe_PeersWereTurnedAway_WhoMayBeAmongThemGetsItsTimeAgain()
    {
        Push();
        _time.Advance(TimeSpan.FromSeconds(20));
        _sender.OnClosed(Timestamp.Now(_time), "the peer closed the connection");
        _time.Advance(TimeSpan.FromSeconds(60));
        _listener.KeptAwayAt = Timestamp.Now(_time); // of another address
        await ExpectAsync(ProbeOutcome.Miss, "and that connection ended 60 s ago");

        _peer.KeptAwayAt = Timestamp.Now(_time);
        _time.Advance(TimeSpan.FromSeconds(25));
        await ExpectAsync(ProbeOutcome.Pending, "no heartbeat of \"backup\" for 105 s, but its connection had ended, and the exporter turned peers away until 25 s ago: it is silent if none comes within 25 s of then");
        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(ProbeOutcome.Miss, "and that connection ended");
    }

    [Fact]
    public async Task Probe_PeersWereTurnedAway_WhoseConnectionStandsIsNoneOfThem()
    {
        _listener.KeptAwayAt = _peer.KeptAwayAt = Timestamp.Now(_time) + TimeSpan.FromSeconds(25);
        await SilenceAsync();

        await ExpectAsync(ProbeOutcome.Miss, "and nobody has closed that connection");
    }

    [Fact]
    public async Task Probe_PeersWereTurnedAwayBeforeTheFirstBeat_ItMayBeAmongThem()
    {
        _time.Advance(TimeSpan.FromSeconds(50));
        _listener.KeptAwayAt = Timestamp.Now(_time);
        _time.Advance(TimeSpan.FromSeconds(60));

        await ExpectAsync(ProbeOutcome.Pending, "no heartbeat of \"backup\" yet, and the exporter turned peers away until 60 s ago: startup_grace gives it 60 s");
    }

    [Fact]
    public async Task Probe_ConnectionThatTheExporterEnded_GivesTheServerItsTimeAgain()
    {
        Push();
        _time.Advance(TimeSpan.FromSeconds(20));
        _sender.OnClosed(Timestamp.Now(_time), "it made room", isOurDoing: true);
        _time.Advance(TimeSpan.FromSeconds(25));

        await ExpectAsync(ProbeOutcome.Pending, "for 45 s, but the exporter itself ended its connection 25 s ago (it made room): it is silent if none comes within 25 s of then");
        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(ProbeOutcome.Miss, "and that connection ended 26 s ago: it made room");
    }

    [Fact]
    public async Task Probe_OneOfTwoAddressesIsNotBound_BeatsByTheOtherOneCount()
    {
        _listener.Problem = "the exporter cannot listen on tcp://*:1: another program has it";
        Push();
        await ExpectAsync(ProbeOutcome.OnTime, "1 heartbeat");

        _time.Advance(TimeSpan.FromSeconds(26));
        await ExpectAsync(ProbeOutcome.LocalError, "another program has it");
    }
}
