using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.SubscriptionUnderTest;

namespace ZmqExporter.Tests.Probing;

/// <summary>Whether a publisher's process lives: what is asked of it, and what each answer makes of a probe.</summary>
public sealed class SubscriptionLivenessTests
{
    private static readonly ZmtpError NoGreeting = new(ZmtpErrorCode.HandshakeTimeout, "no greeting came");

    [Fact]
    public async Task Probe_MessagesSinceTheLastOne_AsksNothing()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.Publish("tick");

        var result = await test.ProbeAfterAsync(10);

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(result));
        Assert.Equal("1 message since the last probe", result.Detail);
        Assert.Equal(0, test.Link.Pings);
    }

    [Fact]
    public async Task Probe_NothingSinceTheLastOne_IsReachableByThePongOfNow()
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 7200).StartedAsync();

        var result = await test.ProbeAfterAsync(3600);

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(result));
        Assert.NotNull(result.Phases.Ping);
        Assert.Equal("no message since the last probe, the last one came 1 h ago; a ZMTP PING was answered", result.Detail);
        Assert.Equal((1, 0), (test.Link.Pings, test.Link.Besides));
    }

    [Theory]
    [InlineData(true, "the process is frozen, or a proxy or load balancer between holds the connection; what we sent was acknowledged, but nothing answers it (of a fresh connection the verdict is: no greeting came)")]
    [InlineData(false, "the network or the host is lost; nobody acknowledged what we sent")]
    [InlineData(null, "the process is frozen, or the network lost it")]
    public async Task Probe_FrozenWhileMessagesAreYoung_MissesAtOnce(bool? isAcknowledged, string words)
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 7200).StartedAsync();
        test.Link.AnswersPing = false;
        test.Link.IsAcknowledged = isAcknowledged;
        test.Link.Beside = () => NoGreeting;
        test.Link.BesideTakes = TimeSpan.FromSeconds(5);

        var result = await test.ProbeAfterAsync(15);

        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout, false, false), Answers(result));
        Assert.StartsWith("no message since the last probe, and no answer to a ZMTP PING within 2 s: ", result.Detail, StringComparison.Ordinal);
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        Assert.Equal((1, AfterProbe.Abort), (test.Link.Besides, test.Link.Ends[^1]));
    }

    [Fact]
    public async Task Probe_FrozenDuringTheGrace_MissesAtOnce()
    {
        using var test = new SubscriptionUnderTest(maxSilence: 7200);
        Assert.Equal(ProbeOutcome.Pending, (await test.ProbeAsync()).Outcome);
        test.Link.AnswersPing = false;
        test.Link.Beside = () => NoGreeting;

        Assert.Equal((ProbeOutcome.Miss, FailureReason.ReplyTimeout, false, false), Answers(await test.ProbeAfterAsync(15)));
    }

    [Fact]
    public async Task Probe_FrozenAndSilent_IsSilentAndNotReachable()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AnswersPing = false;
        test.Link.Beside = () => NoGreeting;

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, false, false), Answers(await test.ProbeAfterAsync(21)));
    }

    [Theory]
    [InlineData(ZmtpErrorCode.Refused, FailureReason.Refused, false)]
    [InlineData(ZmtpErrorCode.Auth, FailureReason.Auth, true)]
    [InlineData(ZmtpErrorCode.NotZmtp, FailureReason.NotZmtp, false)]
    public async Task Probe_MuteAndAFreshConnectionIsTurnedAway_GivesThatReason(ZmtpErrorCode code, object reason, bool reachable)
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.IsDead = true;
        test.Link.Beside = () => new ZmtpError(code, "not here");

        var result = await test.ProbeAfterAsync(10);

        Assert.Equal((ProbeOutcome.Miss, (FailureReason)reason, reachable, false), Answers(result));
        Assert.Contains("not here", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_MuteAndWeCannotConnect_IsOurOwnFault()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.IsDead = true;
        test.Link.Beside = () => new ZmtpError(ZmtpErrorCode.Local, "no descriptors");

        Assert.Equal((ProbeOutcome.LocalError, FailureReason.LocalError, null, null), Answers(await test.ProbeAfterAsync(10)));
        test.Link.Beside = () => new ZmtpError(ZmtpErrorCode.Local, "too many") { IsHeldBack = true };
        Assert.True((await test.ProbeAfterAsync(10)).IsHeldBack);
    }

    [Fact]
    public async Task Probe_LatePong_IsASignOfLifeAndTheConnectionStays()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.PongTakes = TimeSpan.FromSeconds(1.5);
        test.Link.Beside = () => NoGreeting;
        test.Link.BesideTakes = TimeSpan.FromSeconds(5);

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(await test.ProbeAfterAsync(10)));
        Assert.Equal((1, 1, 1), (test.Link.Besides, test.Link.Dropped, test.Link.Subscribed));
    }

    [Fact]
    public async Task Probe_OldConnectionSpeaksWhileAFreshOneOpens_TheOldOneStays()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AnswersPing = false;
        test.Link.Beside = () =>
        {
            test.Link.Publish("tick"); // at the same moment
            return null;
        };

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(await test.ProbeAfterAsync(10)));
        Assert.Equal(1, test.Link.Subscribed);
    }

    [Fact]
    public async Task Probe_ConnectionDiedInSilence_GoesOnWithAFreshOneAndCountsAsLate()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.IsDead = true;
        test.Link.Beside = () => null;

        var result = await test.ProbeAfterAsync(10);

        Assert.Equal((ProbeOutcome.Late, null, true, true), Answers(result));
        Assert.Contains("a NAT, a proxy or a load balancer forgot it", result.Detail, StringComparison.Ordinal);
        Assert.Contains("an interval that is shorter", result.Detail, StringComparison.Ordinal);
        Assert.Equal((2, AfterProbe.KeepUnanswered), (test.Link.Subscribed, test.Link.Ends[^1]));
    }

    [Fact]
    public async Task Probe_ConnectionDiedBetweenAllProbes_NeverMissesWhileTheFeedLives()
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 20).StartedAsync();
        test.Link.Beside = () => null;
        test.Link.PublishAfter(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
        for (var i = 0; i < 20; i++)
        {
            test.Link.After(TimeSpan.FromSeconds((10 * i) + 7), () => test.Link.IsDead = true); // a while after each probe
        }

        var results = await test.ProbeEveryAsync(seconds: 10, until: 200);

        Assert.DoesNotContain(results, result => result.Outcome is ProbeOutcome.Miss);
        Assert.Contains(results, result => result.Outcome == ProbeOutcome.OnTime);
    }

    [Fact]
    public async Task Probe_ConnectionDiesAgainAndAgain_IsLateAndNeverSilentBecauseNobodyKnows()
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 20).StartedAsync();
        test.Link.Beside = () => null;
        for (var i = 0; i < 10; i++)
        {
            test.Link.IsDead = true;
            Assert.Equal((ProbeOutcome.Late, null, true, true), Answers(await test.ProbeAfterAsync(15)));
        }
    }

    [Fact]
    public async Task Probe_ConnectionDiesInASilenceThatWasSeen_IsStillSilent()
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 20).StartedAsync();
        test.Link.Beside = () => null;
        Assert.Equal(FailureReason.Silent, (await test.ProbeAfterAsync(21)).Reason);
        test.Link.IsDead = true;

        var result = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, true, false), Answers(result));
        Assert.EndsWith("a fresh one has taken its place", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_DeadConnectionBeforeTheFirstMessage_IsStillPending()
    {
        using var test = new SubscriptionUnderTest();
        await test.ProbeAsync();
        test.Link.IsDead = true;
        test.Link.Beside = () => null;

        Assert.Equal((ProbeOutcome.Pending, null, true, null), Answers(await test.ProbeAfterAsync(10)));
    }

    [Fact]
    public async Task Probe_BadMessageAndThenADeadConnection_TheMessageIsStillBad()
    {
        using var test = new SubscriptionUnderTest(expect: new ZmqExporter.Configuration.ExpectConfig.FrameCount(2));
        await test.ProbeAsync();
        test.Link.Publish("tick");
        await test.ProbeAsync();
        test.Link.IsDead = true;
        test.Link.Beside = () => null;

        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply, true, false), Answers(await test.ProbeAfterAsync(10)));
    }
}
