using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class SubscribeProberTests : IDisposable
{
    private static readonly SubscribeProberConfig Config =
        new([[(byte)'t']], MaxSilence: TimeSpan.FromSeconds(5), StartupGrace: TimeSpan.FromSeconds(10), []);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeSubscription _link;
    private readonly Recorder _recorder = new();
    private SubscribeProber _prober;

    public SubscribeProberTests()
    {
        _link = new FakeSubscription(_time);
        _prober = Create(Config);
    }

    public void Dispose() => _prober.Dispose();

    [Fact]
    public async Task Probe_MessageIsYoung_IsOnTime()
    {
        await ProbeAsync();
        _link.Publish("tick");
        _time.Advance(TimeSpan.FromSeconds(5));

        var result = await ProbeAsync();

        Assert.Equal((ProbeOutcome.OnTime, null, true, null, true), Answers(result));
        Assert.Null(result.RoundTrip);
        Assert.Equal(1, _recorder.Messages);
        Assert.Equal([AfterProbe.KeepUnanswered, AfterProbe.Keep], _link.Ends); // not renewed before it has brought a message
    }

    [Fact]
    public async Task Probe_FirstMessageComesDuringIt_IsOnTimeAtOnce()
    {
        _link.AnswersPing = false;
        _link.DuringWait = () => _link.Publish("tick");

        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync()).Outcome);
    }

    [Theory]
    [InlineData("publishes nothing", "")]
    [InlineData("nothing came under the topic \"a\": the publisher stands still, or publishes under other topics", "a")]
    [InlineData("nothing came under the topics \"a\", \"b\", \"c\", …: the publisher", "a", "b", "c", "d")]
    public async Task Probe_NothingUnderTheTopics_SaysThatItMayBeTheTopics(string words, params string[] topics)
    {
        using var prober = Create(Config with { Topics = [.. topics.Select(topic => Encoding.UTF8.GetBytes(topic).ToImmutableArray())] });
        _link.Connect();
        _time.Advance(TimeSpan.FromSeconds(11));

        var result = await prober.ProbeAsync(CancellationToken.None);

        Assert.Equal(FailureReason.Silent, result.Reason);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_LongGrace_IsToldInHours()
    {
        using var prober = Create(Config with { StartupGrace = TimeSpan.FromHours(2) });

        Assert.EndsWith("startup_grace gives it 2 h", (await prober.ProbeAsync(CancellationToken.None)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_NoMessageWithinTheGrace_IsPendingAndThenSilent()
    {
        var outcomes = new List<ProbeOutcome>();
        for (var second = 0; second < 12; second += 3)
        {
            outcomes.Add((await ProbeAsync()).Outcome); // each waits for its timeout of 2 s
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([ProbeOutcome.Pending, ProbeOutcome.Pending, ProbeOutcome.Pending, ProbeOutcome.Miss], outcomes);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, true, null, false), Answers(await ProbeAsync()));
    }

    [Fact]
    public async Task Probe_SilentAfterMessages_IsSilentAndReachable()
    {
        await ProbeAsync();
        _link.Publish("tick");
        _time.Advance(TimeSpan.FromSeconds(5.1));

        var result = await ProbeAsync();

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, true, null, false), Answers(result));
        Assert.NotNull(result.Phases.Ping);
        Assert.Equal(AfterProbe.Keep, _link.Ends[^1]);
    }

    [Fact]
    public async Task Probe_SilentAndNoPong_IsNotReachableAndTheConnectionIsRenewed()
    {
        await ProbeAsync();
        _link.Publish("tick");
        _time.Advance(TimeSpan.FromSeconds(5.1));
        _link.AnswersPing = false;

        var result = await ProbeAsync();

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, false, null, false), Answers(result));
        Assert.Equal(AfterProbe.Abort, _link.Ends[^1]);
    }

    [Fact]
    public async Task Probe_SilentPeerThatMayNotKnowPing_SaysThatItDoesNotKnow()
    {
        await ProbeAsync();
        _link.Publish("tick");
        _time.Advance(TimeSpan.FromSeconds(5.1));
        _link.AnswersPing = _link.CanPing = false;

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, null, null, false), Answers(await ProbeAsync()));
    }

    [Fact]
    public async Task Probe_MessagesStandInTheBufferAfterAStall_AreNoSilence()
    {
        await ProbeAsync();
        _link.Publish("tick");
        _time.Advance(TimeSpan.FromSeconds(60));
        _link.AnswersPing = false;
        _link.DuringWait = () => _link.Publish("tick");

        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync()).Outcome);
    }

    [Fact]
    public async Task Probe_NoConnection_GivesItsReason()
    {
        _link.Error = new ZmtpError(ZmtpErrorCode.Refused, "nobody listens");
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Refused, false, null, false), Answers(await ProbeAsync()));

        _link.Error = new ZmtpError(ZmtpErrorCode.SocketType, "a REP");
        Assert.Equal((ProbeOutcome.Miss, FailureReason.SocketType, true, null, false), Answers(await ProbeAsync()));

        _link.Error = new ZmtpError(ZmtpErrorCode.Local, "no descriptors");
        Assert.Equal((ProbeOutcome.LocalError, FailureReason.LocalError, null, null, null), Answers(await ProbeAsync()));
        _link.Error = new ZmtpError(ZmtpErrorCode.Local, "too many") { IsHeldBack = true };
        Assert.True((await ProbeAsync()).IsHeldBack);
    }

    [Fact]
    public async Task Probe_ConnectionBreaksWhileItWaits_GivesThatReason()
    {
        _link.AnswersPing = false;
        _link.DuringWait = () => _link.Lose(new ZmtpError(ZmtpErrorCode.Disconnected, "closed"));

        Assert.Equal(FailureReason.Disconnected, (await ProbeAsync()).Reason);
    }

    [Fact]
    public async Task Probe_Reconnected_HasItsGraceAgainButOnlyOnceWithoutAMessage()
    {
        await ProbeAsync();
        _link.Publish("tick");
        _time.Advance(TimeSpan.FromSeconds(30));
        _link.Connect();
        Assert.Equal(ProbeOutcome.Pending, (await ProbeAsync()).Outcome);

        _time.Advance(TimeSpan.FromSeconds(6));
        _link.Connect();
        Assert.Equal(FailureReason.Silent, (await ProbeAsync(seconds: 3)).Reason);
    }

    [Fact]
    public async Task Probe_ExpectFails_IsUnexpected()
    {
        _prober = Create(Config with { Expect = [new ExpectConfig.FrameCount(2)] });
        await ProbeAsync();
        _link.Publish("tick", "1");
        _link.Publish("tick");

        var result = await ProbeAsync();

        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply, true, null, false), Answers(result));
        Assert.StartsWith("1 of 2 messages", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_DelayAboveLateAfter_IsLate()
    {
        _prober = Create(Config with { SentAt = new SentAtConfig(SourceConfig.Of(1), 1) });
        await ProbeAsync();
        var sent = _time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        _time.Advance(TimeSpan.FromSeconds(0.4));
        _link.Publish("tick", sent);
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync()).Outcome);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        _link.Publish("tick", sent);
        Assert.Equal(ProbeOutcome.Late, (await ProbeAsync()).Outcome);
    }

    [Fact]
    public async Task Probe_FewerMessagesThanTheRate_MissesOnceAWindowHasPassed()
    {
        _prober = Create(Config with { MinRate = 2, RateWindow = TimeSpan.FromSeconds(10) });
        _link.Connect();
        for (var i = 0; i < 9; i++)
        {
            _link.Publish("tick");
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync()).Outcome);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        _link.Publish("tick");
        var result = await ProbeAsync();

        Assert.Equal(FailureReason.Silent, result.Reason);
        Assert.Contains("min_rate", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Topics_AreThoseOfTheConfig() => Assert.Equal("t"u8, _link.Topics.Single().AsSpan());

    [Fact]
    public void Apply_Pending_LeavesEveryStateAsItIs()
    {
        var state = new PolicyState { State = TargetState.Suspect, SuspectedFrom = TargetState.Up, Misses = 2 };

        Assert.Equal(state, FailurePolicy.Apply(new PolicyConfig(), state, ProbeOutcome.Pending));
        Assert.Equal(default, FailurePolicy.Apply(new PolicyConfig(), default, ProbeOutcome.Pending));
    }

    private static (ProbeOutcome, FailureReason?, bool?, bool?, bool?) Answers(ProbeResult result) =>
        (result.Outcome, result.Reason, result.Reachable, result.Responsive, result.Ready);

    private async Task<ProbeResult> ProbeAsync(double seconds = 2)
    {
        var before = Timestamp.Now(_time);
        var result = await _prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.True(before.Elapsed(_time) <= TimeSpan.FromSeconds(Math.Max(2, seconds)));
        return result;
    }

    private SubscribeProber Create(SubscribeProberConfig config)
    {
        var target = MetricsUnderTest.Target();
        target = target with { Module = target.Module with { Prober = config } };
        return new SubscribeProber(target, LinkSetup.OptionsFor(target), _link, _time, _recorder);
    }

    private sealed class Recorder : IProbeObserver
    {
        public long Messages { get; private set; }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnStaleReply()
        {
        }

        public void OnSubscriptionRead(in SubscriptionBatch batch) => Messages += batch.Messages;
    }
}
