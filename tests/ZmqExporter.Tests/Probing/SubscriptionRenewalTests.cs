using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;
using Zmtp;
using static ZmqExporter.Tests.Probing.SubscriptionUnderTest;

namespace ZmqExporter.Tests.Probing;

/// <summary>Our own acts make no evidence: what comes only because we reconnected, and what is lost because we did.</summary>
public sealed class SubscriptionRenewalTests
{
    [Theory]
    [InlineData(1.5)]
    [InlineData(20)]
    public async Task Probe_LastValueCacheWithADeadSource_IsSilentAndStaysSilent(double maxSilence)
    {
        using var test = new SubscriptionUnderTest(maxSilence);
        test.Link.CanPing = false;
        test.Link.Beside = () => null;
        test.Link.Peer = MetricsUnderTest.Peer(0, socketType: "XPUB");
        test.Link.Welcome = () => test.Link.Publish("price", "1");
        Assert.Equal(ProbeOutcome.OnTime, (await test.ProbeAsync()).Outcome);

        var results = await test.ProbeEveryAsync(seconds: maxSilence / 2, until: 12 * maxSilence);

        // Once the replaced connection has had its time: a silence and the burst.
        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent), (results[2].Outcome, results[2].Reason));
        Assert.Equal(ProbeOutcome.Pending, results[3].Outcome);
        Assert.All(results.Skip(6), result => Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent), (result.Outcome, result.Reason)));
        Assert.Matches(
            "all that came was [0-9]+ messages, the last one [0-9.]+ s ago, right after a reconnect of ours: it may be a cached value or a welcome message, so it is no sign that the feed lives",
            results[^1].Detail);
        Assert.True(test.Link.Subscribed > 3);
        Assert.Equal(test.Link.Subscribed, test.Messages); // they are counted all the same
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.49)]
    [InlineData(0.51)]
    [InlineData(0.89)]
    public async Task Probe_SlowFeedAgainAfterASilence_IsRecognisedWhateverItsPhase(double phase)
    {
        foreach (var maxSilence in new[] { 1.0, 3.0, 20.0 })
        {
            using var test = await new SubscriptionUnderTest(maxSilence).StartedAsync();
            test.Link.CanPing = false;
            test.Link.Beside = () => null;
            await test.ProbeEveryAsync(seconds: maxSilence / 4, until: 5 * maxSilence);
            var renewed = test.Link.Subscribed;
            Assert.True(renewed > 2);

            // Each message of a feed that is only a little faster than it has to be must not fall into the burst of yet another renewal.
            var period = TimeSpan.FromSeconds(0.9 * maxSilence);
            test.Link.PublishAfter(TimeSpan.FromSeconds(phase * maxSilence), period);
            var results = await test.ProbeEveryAsync(seconds: maxSilence / 4, until: 8 * maxSilence);

            Assert.All(results.Skip(10), result => Assert.Equal(ProbeOutcome.OnTime, result.Outcome)); // after at most 2.5 silences
            Assert.True(test.Link.Subscribed <= renewed + 2);
        }
    }

    [Fact]
    public async Task Probe_LastValueCacheThatTheServerRestartedWith_IsUpAgain()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        await test.ProbeAfterAsync(21);
        test.Link.Lose(new ZmtpError(ZmtpErrorCode.Refused, "nobody listens"));
        Assert.Equal(FailureReason.Refused, (await test.ProbeAfterAsync(1)).Reason);
        test.Link.Error = null;
        test.Link.Connect();
        test.Link.Publish("tick");

        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(await test.ProbeAfterAsync(1)));
    }

    [Fact]
    public async Task Probe_SaysNothingAnyMore_SaysWhenItAnswered()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.Lose(new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "nothing; or another server") { Stranger = "; or another server" });
        Assert.Equal("nothing; it answered 3 s ago", (await test.ProbeAfterAsync(3)).Detail);
        Assert.Equal("nothing; it answered 5 s ago", (await test.ProbeAfterAsync(2)).Detail);
    }

    [Fact]
    public async Task Probe_PeerReconnectsAfterASilence_HasItsGraceAndItsFirstMessagesDoNotEndIt()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        Assert.Equal(FailureReason.Silent, (await test.ProbeAfterAsync(21)).Reason);
        test.Link.Connect();
        test.Link.Publish("tick");

        var result = await test.ProbeAfterAsync(5);

        Assert.Equal((ProbeOutcome.Pending, null, true, null), Answers(result));
        Assert.Equal("connected and subscribed, and no message yet but a message 7 s ago, right after a reconnect of ours: it may be a cached value or a welcome message, so it is no sign that the feed lives: startup_grace gives it 20 s", result.Detail);
        test.Link.Publish("tick");
        Assert.Equal((ProbeOutcome.OnTime, null, true, true), Answers(await test.ProbeAfterAsync(1)));
    }

    [Fact]
    public async Task Probe_ConnectionThatCannotBeAskedHadDied_SaysThatItMayHaveAndIsUpAgainAfterOneMiss()
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 8, ping: false, topic: "tick").StartedAsync();
        test.Link.CanPing = false;
        test.Link.Beside = () => null;
        test.Link.PublishAfter(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
        foreach (var phase in new[] { 0.1, 1.4, 2.3, 3.9 })
        {
            await test.ProbeEveryAsync(seconds: 3, until: 30 + phase);
            test.Link.IsDead = true;

            var results = await test.ProbeEveryAsync(seconds: 3, until: 24);

            var miss = Assert.Single(results, result => result.Outcome == ProbeOutcome.Miss);
            Assert.EndsWith(
                "the publisher stands still, or publishes under other topics, or the old connection had died: it was replaced, and what comes on the fresh one tells",
                miss.Detail,
                StringComparison.Ordinal);
            Assert.Equal(ProbeOutcome.OnTime, results[^1].Outcome);
        }
    }

    [Fact]
    public async Task Probe_RenewedByAgeWhileFresh_IsPendingUntilASilenceHasPassedSinceThen()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.Pass(TimeSpan.FromSeconds(19));
        test.Link.Connect(SubscriptionCause.Renewed);
        test.Link.Publish("tick"); // a cached value for all that anybody knows

        var results = await test.ProbeEveryAsync(seconds: 5, until: 25);

        Assert.Equal(
            [ProbeOutcome.Pending, ProbeOutcome.Pending, ProbeOutcome.Pending, ProbeOutcome.Pending, ProbeOutcome.Miss],
            results.Select(result => result.Outcome));
        Assert.Contains("the connection was renewed 5 s ago, and a message may have been lost with the old one", results[0].Detail, StringComparison.Ordinal);
        Assert.All(results, result => Assert.True(result.Reachable));
    }

    [Fact]
    public async Task Probe_RenewedByAgeAgainAndAgain_AFeedThatKeepsToItsSilenceIsNeverSilent()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.PublishAfter(TimeSpan.FromSeconds(19), TimeSpan.FromSeconds(19));
        for (var i = 1; i < 60; i++)
        {
            test.Link.After(TimeSpan.FromSeconds((i * 37) + 0.5), () => test.Link.Connect(SubscriptionCause.Renewed));
        }

        var results = await test.ProbeEveryAsync(seconds: 5, until: 2200);

        Assert.DoesNotContain(results, result => result.Outcome == ProbeOutcome.Miss);
    }

    [Theory]
    [InlineData(5, 0.5, 1, 2)]
    [InlineData(5, 4, 3, 2)]
    [InlineData(5, 4, 4, 4)]
    [InlineData(8, 7.9, 1, 1)]
    [InlineData(1, 0.9, 1, 1)]
    public async Task Probe_RenewedByAgeMoreOftenThanTheFeedSpeaks_IsNeverSilent(double maxSilence, double period, double age, double interval)
    {
        foreach (var phase in new[] { 0.01, 0.2, 0.5, 0.9, 1 })
        {
            foreach (var cause in new[] { SubscriptionCause.Renewed, SubscriptionCause.Replaced })
            {
                using var test = await new SubscriptionUnderTest(maxSilence).StartedAsync();
                test.Link.RenewAt(TimeSpan.FromSeconds(age), cause);
                test.Link.PublishAfter(TimeSpan.FromSeconds(phase * period), TimeSpan.FromSeconds(period));

                var results = await test.ProbeEveryAsync(seconds: interval, until: 40 * maxSilence);

                Assert.DoesNotContain(results, result => result.Outcome == ProbeOutcome.Miss);
                Assert.True(test.Link.Subscribed > 10);
            }
        }
    }

    [Fact]
    public async Task Probe_LastValueCacheThatIsRenewedByAgeMoreOftenThanItMayBeSilent_IsDown()
    {
        using var test = await new SubscriptionUnderTest(maxSilence: 5).StartedAsync();
        test.Link.RenewAt(TimeSpan.FromSeconds(1), SubscriptionCause.Replaced);
        test.Link.Welcome = () => test.Link.Publish("price", "1");

        var results = await test.ProbeEveryAsync(seconds: 2, until: 100);

        Assert.All(results.Skip(7), result => Assert.Equal(FailureReason.Silent, result.Reason));
    }

    [Fact]
    public async Task Probe_MissWithoutAPong_TheConnectionThatFollowsIsOursAndIsSparedASilence()
    {
        using var test = await new SubscriptionUnderTest().StartedAsync();
        test.Link.AnswersPing = false;
        Assert.Equal(FailureReason.ReplyTimeout, (await test.ProbeAfterAsync(17)).Reason);
        test.Link.AnswersPing = true;
        test.Link.Connect(SubscriptionCause.Renewed);
        test.Link.Publish("tick");

        Assert.Equal((ProbeOutcome.Pending, null, true, null), Answers(await test.ProbeAfterAsync(10)));
    }
}
