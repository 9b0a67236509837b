using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Configuration;
using Zmtp;
using Zmtp.Listening;

namespace ZmqExporter.Tests.Probing;

/// <summary>What is said of heartbeats that are pushed, and that stay away.</summary>
public sealed class ListenProberTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly PushedBeats _beats = new();
    private readonly FakeListener _listener;
    private readonly Observer _observer = new();
    private readonly FakePeer _peer;
    private readonly PushSender _sender;
    private readonly ListenProber _prober;
    private int _sequence;

    public ListenProberTests()
    {
        _listener = new FakeListener(_time);
        _peer = new FakePeer(_time);
        _sender = new PushSender(_peer);
        _beats.Listener = _listener;
        _prober = new ListenProber(Parsed.Config("targets: [{name: backup, modules: [heartbeat_push]}]").Targets[0], _beats, _time, _observer);
    }

    public void Dispose() => _prober.Dispose();

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

    // Silent since a moment.
    private async Task SilenceAsync()
    {
        Push();
        await ExpectAsync(ProbeOutcome.OnTime, "1 heartbeat");
        _time.Advance(TimeSpan.FromSeconds(26));
    }

    // The clock goes on while the probe waits.
    private async Task<ProbeResult> ProbeSlowlyAsync()
    {
        var probe = _prober.ProbeAsync(CancellationToken.None).AsTask();
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return probe.IsCompleted;
            },
            "the probe did not end");
        return await probe;
    }

    private void Push(string status = "SERVING", string instance = "run1", string details = "{}", Timestamp? arrived = null)
    {
        var message = ZmtpMessage.FromText("ZHB1", "backup", status, instance, $"{_sequence++}", "1767323045", "10", details);
        Assert.Equal(PushOutcome.Delivered, _beats.Deliver(message, _sender, arrived ?? Timestamp.Now(_time)));
    }

    private async Task<ProbeResult> ExpectAsync(ProbeOutcome outcome, string words)
    {
        var result = await _prober.ProbeAsync(CancellationToken.None);
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        return result;
    }

    private sealed class FakeListener(TimeProvider time) : IPushListener
    {
        public string? Problem { get; set; }

        public Timestamp AvailableSince { get; set; } = Timestamp.Now(time);

        public Timestamp KeptAwayAt { get; set; }

        public Action? OnReadAll { get; set; }

        public Task ReadAll { get; set; } = Task.CompletedTask;

        public Task ReadAllAsync()
        {
            OnReadAll?.Invoke();
            return ReadAll;
        }
    }

    private sealed class FakePeer(TimeProvider time) : IPushPeer
    {
        private TaskCompletionSource<Timestamp>? _answer;
        private ListenerPing? _out;

        public string Words => "10.0.0.7 (user \"backup\")";

        public bool KnowsPing { get; set; }

        public bool EndedAtPing { get; set; }

        public bool? IsAcknowledged { get; set; }

        public Timestamp KeptAwayAt { get; set; }

        public bool Answers { get; set; }

        public Action? Asked { get; set; }

        public int Pings { get; private set; }

        public void Answer(Timestamp? at = null)
        {
            _answer?.TrySetResult(at ?? Timestamp.Now(time));
            _out = null;
        }

        public ListenerPing? Ping()
        {
            if (_out is { } asked)
            {
                return asked;
            }

            Pings++;
            _answer = new TaskCompletionSource<Timestamp>();
            var ping = _out = new ListenerPing(Timestamp.Now(time), _answer.Task);
            Asked?.Invoke();
            if (Answers)
            {
                Answer();
            }

            return ping;
        }
    }

    private sealed class Observer : IProbeObserver
    {
        public List<string> Instances { get; } = [];

        public long Messages { get; private set; }

        public LastBeat? LastBeat { get; set; }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnStaleReply()
        {
        }

        public void OnSubscriptionRead(in SubscriptionBatch batch) => Messages += batch.Messages;

        public void OnHeartbeat(HeartbeatReport report) => Instances.Add(report.Instance);
    }
}
