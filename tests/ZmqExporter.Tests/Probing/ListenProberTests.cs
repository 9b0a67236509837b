using ZmqExporter.Heartbeat;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

/// <summary>What is said of heartbeats that are pushed, and that stay away.</summary>
public sealed class ListenProberTests : ListenProberTestBase
{
    [Fact]
    public async Task Probe_BeforeTheFirstBeat_IsUnknownAndThenSilent()
    {
        _time.Advance(TimeSpan.FromSeconds(60));
        await ExpectAsync(ProbeOutcome.Pending, "no heartbeat of \"backup\" yet, and it has been expected since 60 s ago: startup_grace gives it 60 s");

        _time.Advance(TimeSpan.FromSeconds(1));
        var result = await ExpectAsync(ProbeOutcome.Miss, "no heartbeat of \"backup\" came since the exporter began to expect it, 61 s ago, and startup_grace is 60 s");
        Assert.Equal((FailureReason.Silent, null, null, false), (result.Reason, result.Reachable, result.Responsive, result.Ready));
    }

    [Fact]
    public async Task Probe_BeatsOfTenSeconds_AreSilentAfterTwoAndAGrace()
    {
        Push();
        var result = await ExpectAsync(ProbeOutcome.OnTime, "1 heartbeat since the last probe; came from 10.0.0.7 (user \"backup\"), instance run1");
        Assert.Equal((true, null, null), (result.Ready, result.Reachable, result.Responsive));

        _time.Advance(TimeSpan.FromSeconds(25));
        await ExpectAsync(ProbeOutcome.OnTime, "none is overdue: the last one came 25 s ago");

        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(ProbeOutcome.Miss, "no heartbeat of \"backup\" for 26 s, and the last one said that the next comes within 10 s: two intervals and a grace, 25 s, are over; "
            + "the last one came from 10.0.0.7 (user \"backup\"), instance run1, and nobody has closed that connection; whether the process lives now is unknown: ZMTP 3.0 has no PING");

        _sender.OnClosed(Timestamp.Now(_time), "the peer closed the connection");
        _time.Advance(TimeSpan.FromSeconds(4));
        await ExpectAsync(ProbeOutcome.Miss, ", and that connection ended 4 s ago: the peer closed the connection");
    }

    [Fact]
    public async Task Probe_NotServing_IsWhatTheServerSays()
    {
        Push(status: "NOT_SERVING", details: "{\"reason\": \"no disk\"}");

        var result = await ExpectAsync(ProbeOutcome.Miss, "the server says NOT_SERVING: no disk; came from 10.0.0.7");

        Assert.Equal(FailureReason.UnexpectedReply, result.Reason);
    }

    [Fact]
    public async Task Probe_BeatThatWaitsInTheSocket_HasComeInTime()
    {
        Push();
        _time.Advance(TimeSpan.FromSeconds(60));
        _listener.OnReadAll = () => Push(arrived: Timestamp.Now(_time) - TimeSpan.FromSeconds(1));

        await ExpectAsync(ProbeOutcome.OnTime, "2 heartbeats since the last probe");
    }

    [Fact]
    public async Task Probe_SocketsThatCannotBeRead_SayNothingOfTheServer()
    {
        Push();
        _time.Advance(TimeSpan.FromSeconds(60));
        _listener.ReadAll = new TaskCompletionSource().Task;

        var probe = _prober.ProbeAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ProbeOutcome.LocalError, (await probe).Outcome);
    }

    [Fact]
    public async Task Probe_ListenerThatWasAway_GivesTheServerItsTimeAgain()
    {
        Push();
        _time.Advance(TimeSpan.FromMinutes(10));
        _listener.AvailableSince = Timestamp.Now(_time);
        _time.Advance(TimeSpan.FromSeconds(25));
        await ExpectAsync(ProbeOutcome.Pending, "but the exporter itself could take none until 25 s ago: it is silent if none comes within 25 s of then");

        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(ProbeOutcome.Miss, "no heartbeat of \"backup\" for");
    }

    [Fact]
    public async Task Probe_NoListener_IsOurOwnFault()
    {
        _listener.Problem = "the exporter cannot listen on tcp://*:1: another program has it";
        await ExpectAsync(ProbeOutcome.LocalError, "another program has it");

        _beats.Listener = null;
        await ExpectAsync(ProbeOutcome.LocalError, "start it with --heartbeat.listen-address");
    }

    [Fact]
    public async Task Probe_ValuesAndInstances_ReachTheTarget()
    {
        Push(details: "{\"queue_depth\": 3}");
        var result = await _prober.ProbeAsync(CancellationToken.None);
        Assert.Equal("zmq_heartbeat_value{name=\"queue_depth\"} 3", Assert.Single(result.Values!.Value.Samples).ToString());

        Push(instance: "run2");
        Assert.Equal(["run1", "run2"], _observer.Instances);
        Assert.Equal(2, _observer.Messages);
    }

    [Fact]
    public void Deliver_OtherNamesAndOtherMessages_AreToldApart()
    {
        Assert.Equal(PushOutcome.UnknownName, _beats.Deliver(ZmtpMessage.FromText("ZHB1", "stock", "SERVING", "i", "0", "1", "1"), _sender, Timestamp.Now(_time)));
        Assert.Equal(PushOutcome.Malformed, _beats.Deliver(ZmtpMessage.FromText("hello"), _sender, Timestamp.Now(_time)));
        Assert.Equal(PushOutcome.Malformed, _beats.Deliver(ZmtpMessage.FromText("ZHB1"), _sender, Timestamp.Now(_time)));
        Assert.Equal(PushOutcome.Delivered, _beats.Deliver(ZmtpMessage.FromText("ZHB1", "backup"), _sender, Timestamp.Now(_time))); // which says what is wrong

        _prober.Dispose();
        Assert.Equal(PushOutcome.UnknownName, _beats.Deliver(ZmtpMessage.FromText("ZHB1", "backup"), _sender, Timestamp.Now(_time)));
    }

    [Fact]
    public async Task Probe_BeatWithAMistake_IsToldInWords()
    {
        _beats.Deliver(ZmtpMessage.FromText("ZHB1", "backup", "serving", "i", "0", "1", "1"), _sender, Timestamp.Now(_time));

        await ExpectAsync(ProbeOutcome.Miss, "the status (frame 2) is \"serving\" and must be SERVING, NOT_SERVING or UNKNOWN");
    }

    // By a target of before the exporter was started again, or of before its configuration changed.
    [Theory]
    [InlineData(5, true, "OnTime", "the last one before came 5 s ago, announced the next one within 10 s and said SERVING: none is overdue")]
    [InlineData(5, false, "Pending", "announced the next one within 10 s: how the server is, the next one tells")]
    [InlineData(100, true, "Pending", "the exporter itself could take none until 1 s ago: it is silent if none comes within 25 s of then")]
    public async Task Probe_BeatBeforeTheStart_HoldsAsLongAsItsInterval(int age, bool isServing, string outcome, string words)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _observer.LastBeat = new LastBeat(_time.GetUtcNow() - TimeSpan.FromSeconds(age), 10, isServing);

        await ExpectAsync(Enum.Parse<ProbeOutcome>(outcome), words);
    }

    [Fact]
    public async Task Probe_NoneAfterTheStart_IsSilentOnceItHadItsTimeAgain()
    {
        _observer.LastBeat = new LastBeat(_time.GetUtcNow() - TimeSpan.FromDays(30), 86400, IsServing: true);
        _time.Advance(TimeSpan.FromHours(60));
        await ExpectAsync(ProbeOutcome.Pending, "it is silent if none comes within");

        _time.Advance(TimeSpan.FromSeconds(1));
        await ExpectAsync(ProbeOutcome.Miss, "no heartbeat of \"backup\" for");
    }

    [Fact]
    public async Task Probe_ConfigurationChangedInASilence_GivesNoTimeAgain()
    {
        _listener.AvailableSince = Timestamp.Now(_time);
        _time.Advance(TimeSpan.FromSeconds(30));
        _observer.LastBeat = new LastBeat(_time.GetUtcNow() - TimeSpan.FromSeconds(26), 10, IsServing: true);

        await ExpectAsync(ProbeOutcome.Miss, "no heartbeat of \"backup\" for 26 s, and the last one said that the next comes within 10 s");
    }
}
