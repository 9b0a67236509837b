using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;
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

    [Fact]
    public async Task Probe_PeerThatNeverAnswersPings_IsAskedOnceAndTakenAtItsHandshake()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AnswersPing = false;
        test.Link.Beside = () => null;

        var first = await test.ProbeAfterAsync(5);
        var pings = test.Link.Pings;
        var second = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(first));
        Assert.EndsWith("a fresh handshake succeeded", first.Detail, StringComparison.Ordinal);
        Assert.Equal((ProbeOutcome.OnTime, null, null, true), Answers(second));
        Assert.EndsWith("it completes handshakes and answers no ZMTP PING", second.Detail, StringComparison.Ordinal);
        Assert.Equal((2, pings, 1), (pings, test.Link.Pings, test.Link.Besides));
    }

    [Fact]
    public async Task Probe_PeerThatEndsAtAPing_IsNotBlamed()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AtPing = () =>
        {
            test.Link.Close();
            test.Link.WasLostToPing = true;
        };

        var result = await test.ProbeAfterAsync(10);

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(result));
        Assert.Equal(2, test.Link.Subscribed);
    }

    [Fact]
    public async Task Probe_ConnectionIsResetAtAPingThatThePeerKnows_WasDeadAndCountsAsLate()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        await test.ProbeAfterAsync(5); // it answers here
        test.Link.AtPing = test.Link.Close;

        var result = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.Late, null, true, true), Answers(result));
        Assert.StartsWith("the kept connection was dead: it was reset", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_PublisherThatAnswersPingsIsRestartedAtOne_IsAskedOn()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        await test.ProbeAfterAsync(5); // it answers here
        test.Link.Close(); // between two probes, so that the next connection is one that has never had a PONG
        test.Link.Pass(TimeSpan.FromSeconds(1));
        test.Link.Connect();
        test.Link.AtPing = () =>
        {
            test.Link.AtPing = null;
            test.Link.Close();
            test.Link.WasLostToPing = true;
        };
        await test.ProbeAfterAsync(5);
        var pings = test.Link.Pings;

        var result = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(result));
        Assert.Equal(pings + 1, test.Link.Pings);
        Assert.EndsWith("a ZMTP PING was answered", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ConnectionIsResetAtAPingAndTheServerIsGone_GivesThatReason()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AtPing = test.Link.Close;
        test.Link.Error = new ZmtpError(ZmtpErrorCode.Refused, "nobody listens");

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Refused, false, false), Answers(await test.ProbeAfterAsync(5)));
    }

    [Fact]
    public async Task Probe_ConnectionBreaksWhileAFreshOneIsMade_GivesThatReasonAndLeavesNothingBehind()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AnswersPing = false;
        test.Link.Beside = () => NoGreeting;
        test.Link.BesideTakes = TimeSpan.FromSeconds(5);
        test.Link.After(TimeSpan.FromSeconds(11.5), () => test.Link.Lose(new ZmtpError(ZmtpErrorCode.Protocol, "nonsense")));

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Protocol, false, false), Answers(await test.ProbeAfterAsync(10)));
        Assert.Equal((1, 1), (test.Link.Besides, test.Link.Dropped));
    }

    [Theory]
    [InlineData(0, true, "ZMTP 3.0 has no PING")]
    [InlineData(1, false, "ping: false keeps us from asking it")]
    [InlineData(1, true, "it does not know ZMTP PING")]
    public async Task Probe_PeerThatCannotBeAsked_IsNotKnownToBeReachableWithoutMessages(int minor, bool ping, string why)
    {
        using var test = await new SubscriptionUnderTest(ping: ping).StartedAsync();
        test.Link.CanPing = false;
        test.Link.Beside = () => null;
        test.Link.Peer = MetricsUnderTest.Peer(minor, socketType: "PUB");

        var quiet = await test.ProbeAfterAsync(10);
        test.Link.Publish("tick");
        var heard = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.OnTime, null, null, true), Answers(quiet));
        Assert.EndsWith("whether the process lives now is unknown: " + why, quiet.Detail, StringComparison.Ordinal);
        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(heard));
        Assert.Equal((0, 0), (test.Link.Pings, test.Link.Besides));
    }

    [Fact]
    public async Task Probe_SilentPeerThatCannotBeAsked_IsTakenAtAFreshHandshakeOnceInASilence()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.CanPing = false;
        test.Link.Beside = () => null;
        test.Link.Peer = MetricsUnderTest.Peer(0, socketType: "PUB");

        var results = await test.ProbeEveryAsync(seconds: 5, until: 60);

        var silent = results.Skip(4).ToList(); // from 25 s on
        Assert.Equal("miss pending pending pending pending miss miss miss", string.Join(' ', silent.Select(result => result.Outcome.ToString().ToLowerInvariant())));
        Assert.Equal([true, null, null, null, null, true, null, null], silent.Select(result => result.Reachable));
        Assert.All(silent.Where(result => result.Reachable == true), result =>
            Assert.Contains("a fresh handshake succeeded, so the process lives, but it publishes nothing, or the old connection had died: it was replaced", result.Detail, StringComparison.Ordinal));
        Assert.EndsWith("ZMTP 3.0 has no PING, and the last handshake with it was 7 s ago", silent[6].Detail, StringComparison.Ordinal);
        Assert.All(silent, result => Assert.DoesNotContain("answers a ZMTP PING", result.Detail, StringComparison.Ordinal));
        Assert.Equal(2, test.Link.Besides);
        Assert.All(test.Link.Ends, end => Assert.True(end is AfterProbe.Keep or AfterProbe.KeepUnanswered));
    }

    [Fact]
    public async Task Probe_SilentPeerThatCannotBeAskedAndIsGone_IsNotReachable()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.CanPing = false;
        test.Link.Beside = () => NoGreeting;

        var gone = await test.ProbeAfterAsync(21);
        var next = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, false, false), Answers(gone));
        Assert.Contains("a fresh connection failed, so the process is gone or frozen, or the network lost it: no greeting came", gone.Detail, StringComparison.Ordinal);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, null, false), Answers(next));
        Assert.Contains("failed: no greeting came", next.Detail, StringComparison.Ordinal);
        Assert.Equal(1, test.Link.Besides);
    }

    [Fact]
    public async Task Probe_ClientThatDoesNotSeeZmtp_IsAskedOnlyInASilence()
    {
        using var test = new SubscriptionUnderTest();
        test.Link.SeesZmtp = false;
        await test.StartedAsync();
        var before = test.Link.Pings;

        var quiet = await test.ProbeAfterAsync(10);
        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(quiet));
        Assert.Equal(before, test.Link.Pings);

        var silent = await test.ProbeAfterAsync(15);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, true, false), Answers(silent));
        Assert.Contains("its I/O thread answers a connection of the exporter's own client", silent.Detail, StringComparison.Ordinal);
        Assert.Equal(before + 1, test.Link.Pings);
    }
}
