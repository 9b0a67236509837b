using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Metrics;
using Zmtp;
using static ZmqExporter.Tests.Probing.SubscriptionUnderTest;

namespace ZmqExporter.Tests.Probing;

/// <summary>Publishers that cannot be asked for a sign of life, or end when they are.</summary>
public sealed class SubscriptionPingTests
{
    private static readonly ZmtpError NoGreeting = new(ZmtpErrorCode.HandshakeTimeout, "no greeting came");

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

    // That it was asked too late is our own doing.
    [Theory]
    [InlineData(0, false, "no answer to a connection of the exporter's own client either: the process is frozen")]
    [InlineData(1.9, null, "whether the process lives is unknown")]
    public async Task Probe_ClientThatDoesNotSeeZmtpAndNoAnswer_IsUnreachableIfThereWasTimeForOne(double openTakes, bool? reachable, string words)
    {
        using var test = new SubscriptionUnderTest();
        test.Link.SeesZmtp = false;
        await test.StartedAsync();
        await test.ProbeAfterAsync(10);
        test.Link.AnswersPing = false;
        test.Link.OpenTakes = TimeSpan.FromSeconds(openTakes);

        var silent = await test.ProbeAfterAsync(15);

        Assert.Equal((ProbeOutcome.Miss, FailureReason.Silent, reachable, false), Answers(silent));
        Assert.Contains(words, silent.Detail, StringComparison.Ordinal);
    }
}
