using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using static ZmqExporter.Tests.Probing.ProbeCases;

namespace ZmqExporter.Tests.Probing;

public sealed class LoopProberTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Observer _observer = new();
    private readonly FakeLink _sender;
    private readonly FakeLink _receiver;

    public LoopProberTests()
    {
        _sender = new FakeLink(_time);
        _receiver = new FakeLink(_time);
        _sender.Pong();
        _receiver.Pong();
        _sender.Sent = (_, message) => Pass(message, 1);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Fact]
    public async Task ProbeAsync_AllComeOnceAndInOrder_IsOnTimeWithTheSlowestAsRoundTrip()
    {
        _sender.Sent = (_, message) => Pass(message, Number(message) == 3 ? 40 : 1 + Number(message));
        using var prober = Prober(messages: 4);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.OnTime, null), (result.Outcome, result.Reason));
        Assert.Equal((true, true, true), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal(new LoopCounters(4, 0, 0, 0), result.Loop);
        Assert.Equal(40, result.RoundTrip!.Value.TotalMilliseconds, 1.0);
    }

    [Fact]
    public async Task ProbeAsync_OneOfTenIsLost_IsUnexpectedAndToldAtTheTimeout()
    {
        _sender.Sent = (_, message) => PassUnless(message, Number(message) == 5);
        using var prober = Prober(messages: 10);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Miss, FailureReason.UnexpectedReply), (result.Outcome, result.Reason));
        Assert.Equal((true, true, false), (result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("1 of 10 messages did not come back within 2 s: the proxy lost it", result.Detail, StringComparison.Ordinal);
        Assert.Equal(new LoopCounters(10, 1, 0, 0), result.Loop);
    }

    [Fact]
    public async Task ProbeAsync_LossWithinMaxLost_IsAnAnswer()
    {
        _sender.Sent = (_, message) => PassUnless(message, Number(message) == 5);
        using var prober = Prober(messages: 10, maxLost: 1);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.OnTime, 1), (result.Outcome, result.Loop!.Lost));
    }

    [Fact]
    public async Task ProbeAsync_OnlyMessageComesTwice_IsSeenBeforeTheFence()
    {
        _sender.Sent = (_, message) =>
        {
            Pass(message, 1);
            Pass(message, 1);
        };
        using var prober = Prober();
        var result = await ProbeAsync(prober);
        Assert.Equal(FailureReason.UnexpectedReply, result.Reason);
        Assert.Contains("1 message came twice", result.Detail, StringComparison.Ordinal);
        Assert.Equal(new LoopCounters(1, 0, 1, 0), result.Loop);
    }

    [Fact]
    public async Task ProbeAsync_OneIsOvertaken_CameOutOfOrder()
    {
        _sender.Sent = (_, message) => Pass(message, Number(message) == 0 && Kind(message) == 'm' ? 5 : 1);
        using var prober = Prober(messages: 3);
        var result = await ProbeAsync(prober);
        Assert.Contains("1 message came out of order", result.Detail, StringComparison.Ordinal);
        Assert.Equal(new LoopCounters(3, 0, 0, 1), result.Loop);
    }

    [Fact]
    public async Task ProbeAsync_LostMessageComesInTheNextProbe_IsStaleAndNoDuplicate()
    {
        var isFirst = true;
        _sender.Sent = (_, message) =>
        {
            Pass(message, isFirst && Kind(message) == 'm' ? 2500 : 1);
            isFirst &= Kind(message) != 'm';
        };
        using var prober = Prober();
        Assert.Equal(1, (await ProbeAsync(prober)).Loop!.Lost);
        var result = await ProbeAsync(prober);
        _receiver.Pass(3000);
        await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.OnTime, 0), (result.Outcome, result.Loop!.Duplicates));
        Assert.Equal(1, _observer.Stale);
    }

    [Fact]
    public async Task ProbeAsync_SubscriptionTakesItsTime_IsNoLoss()
    {
        var isOpen = false;
        _sender.Sent = (_, message) =>
        {
            isOpen |= Timestamp.Now(_time) - _receiver.OpenedAt > TimeSpan.FromMilliseconds(300);
            PassUnless(message, !isOpen);
        };
        using var prober = Prober(messages: 5);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.OnTime, new LoopCounters(5, 0, 0, 0)), (result.Outcome, result.Loop));

        // The path is known, and a probe of it sends no more than its messages and the fence.
        _sender.SentTexts.Clear();
        await ProbeAsync(prober);
        Assert.Equal(6, _sender.SentTexts.Count);
    }

    [Fact]
    public async Task ProbeAsync_SubscriptionTakesNearlyAllTheTime_IsPending()
    {
        _sender.Sent = (_, message) => Pass(message, Kind(message) == 'w' ? 1500 : 900);
        using var prober = Prober();
        Assert.Equal((ProbeOutcome.Pending, null), (await ProbeAsync(prober) is var result ? result.Outcome : default, result.Loop));
    }

    [Fact]
    public async Task ProbeAsync_NothingComesThrough_IsReachableByPingAndNotResponsive()
    {
        _sender.Sent = null;
        using var prober = Prober();
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true, false, false), (result.Reason, result.Reachable, result.Responsive, result.Ready));
        Assert.Contains("nothing came through within 2 s although both sides completed the handshake", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_OneSideIsGone_IsNamed()
    {
        _receiver.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(ZmtpErrorCode.Refused, "nothing listens"));
        using var prober = Prober();
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.Refused, null), (result.Reason, result.Loop));
        Assert.Equal("no connection at the receiving side, tcp://127.0.0.1:2: nothing listens; the sending side, tcp://127.0.0.1:1 is connected", result.Detail);
    }

    [Fact]
    public async Task ProbeAsync_ManyMessages_AreOnTheWayInSmallPieces()
    {
        var (onTheWay, most) = (0, 0);
        _sender.Sent = (_, message) =>
        {
            most = Math.Max(most, ++onTheWay);
            Pass(message, 1);
        };
        _receiver.Waiting = (_, _) => onTheWay = Math.Max(0, onTheWay - 1);
        using var prober = Prober(messages: 10_000);
        Assert.Equal(new LoopCounters(10_000, 0, 0, 0), (await ProbeAsync(prober)).Loop);
        Assert.InRange(most, 1, 70);
    }

    // A path with a delay, and a burst that takes long: what was sent last is on its way.
    [Fact]
    public async Task ProbeAsync_SlowPath_LosesNothing()
    {
        _sender.Sent = (_, message) => Pass(message, Kind(message) == 'm' ? 700 : 1);
        using var prober = Prober(messages: 10_000);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.ReplyTimeout, true, true, false), (result.Reason, result.Reachable, result.Responsive, result.Ready));
        Assert.Matches("^only [0-9,]+ of 10,000 messages came back within 2 s: the path is slow, or the timeout is too short for so many$", result.Detail);
        Assert.Equal((0, true), (result.Loop!.Lost, result.Loop.Messages > 1000));
    }

    [Fact]
    public async Task ProbeAsync_PathStopsInTheMiddle_IsNotSaidToHaveLostThem()
    {
        var passed = 0;
        _sender.Sent = (_, message) =>
        {
            if (Kind(message) == 'w' || ++passed <= 4)
            {
                Pass(message, 1);
            }
        };
        using var prober = Prober(messages: 10);
        var result = await ProbeAsync(prober);
        Assert.Equal((FailureReason.UnexpectedReply, new LoopCounters(10, 6, 0, 0)), (result.Reason, result.Loop));
        Assert.Contains("6 of 10 messages did not come back within 2 s: nothing came after them, so the proxy has stopped passing messages on, is slow, or lost them", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_ConnectTookMostOfTheTime_LeavesTheVerdictToTheNextProbeOnce()
    {
        _sender.Sent = null;
        var slow = () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1500));
            return new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
        };
        _receiver.Opening = slow;
        using var prober = Prober();
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.Pending, true), (result.Outcome, result.Reachable));
        Assert.Equal("both sides are connected now, but that took most of 2 s: the next probe tells whether messages come through", result.Detail);

        Assert.Equal(FailureReason.ReplyTimeout, (await ProbeAsync(prober)).Reason);
    }

    // What our own bounded queue dropped is no loss of the proxy's.
    [Fact]
    public async Task ProbeAsync_MessagesThatWeDidNotComeToRead_AreOurOwnFault()
    {
        _sender.Sent = (_, message) =>
        {
            if (Kind(message) == 'm' && Number(message) < 3)
            {
                _receiver.Overflow(message);
            }
            else
            {
                Pass(message, 1);
            }
        };
        using var prober = Prober(messages: 10);
        var result = await ProbeAsync(prober);
        Assert.Equal((ProbeOutcome.LocalError, null), (result.Outcome, result.Loop));
        Assert.Contains("3 messages came that this process did not come to read", result.Detail, StringComparison.Ordinal);
    }

    // After a restart of the exporter its queue may still have messages of the one before.
    [Fact]
    public async Task ProbeAsync_MessagesOfAnEarlierProcess_AreNobodyElsesWork()
    {
        using var prober = Prober(path: LoopPath.PushPull);
        _sender.Sent = (_, message) => _receiver.After(1, LinkOutcomeKind.Message, message);
        _receiver.After(0, LinkOutcomeKind.Message, ZmtpMessage.FromText("00000000" + "0000000000000001 m 00000 ....................."));
        Assert.Equal(ProbeOutcome.OnTime, (await ProbeAsync(prober)).Outcome);

        _receiver.After(0, LinkOutcomeKind.Message, ZmtpMessage.FromText("resize 17.png"));
        Assert.Contains("1 message came that is not ours: somebody else sends here", (await ProbeAsync(prober)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_OfProbersThatAreGone_AreUsedAgain()
    {
        Assert.InRange(Enumerable.Range(0, 100).Select(_ => Name()).Distinct(StringComparer.Ordinal).Count(), 1, 20); // other tests take some at the same time

        string Name()
        {
            using var prober = Prober(path: LoopPath.Majordomo);
            return prober.ServiceName;
        }
    }

    private static async Task<ProbeResult> ProbeAsync(LoopProber prober) => await prober.ProbeAsync(TestContext.Current.CancellationToken);

    private static char Kind(ZmtpMessage message) => (char)message[1][25];

    private static int Number(ZmtpMessage message) => int.Parse(Encoding.ASCII.GetString(message[1].Slice(27, 5)), System.Globalization.CultureInfo.InvariantCulture);

    private void PassUnless(ZmtpMessage message, bool isLost)
    {
        if (!isLost || Kind(message) == 'f')
        {
            Pass(message, 1);
        }
    }

    private void Pass(ZmtpMessage message, double milliseconds) => _receiver.After(milliseconds, LinkOutcomeKind.Message, message);

    private LoopProber Prober(int messages = 1, int maxLost = 0, LoopPath path = LoopPath.PubSub)
    {
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:1", out var front, out _));
        Assert.True(ZmtpEndpoint.TryParse("tcp://127.0.0.1:2", out var back, out _));
        var config = new LoopProberConfig(path) { Messages = messages, MaxLost = maxLost };
        var module = new ModuleConfig(
            "loop", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2), MessagingClient.Zmtp, new PolicyConfig(), new SecurityConfig.Null(), config);
        var target = new TargetConfig("bus", front, module, ImmutableSortedDictionary<string, string>.Empty) { ReturnEndpoint = back };
        return new LoopProber(target, LinkSetup.OptionsFor(target), new Sides(_sender, _receiver), _time, _observer);
    }

    private sealed class Sides(FakeLink sender, FakeLink receiver) : IMessageClient
    {
        public IMessageLink CreateLink(LinkOptions options, ILinkObserver observer) =>
            (options.SocketType is SocketType.Pub or SocketType.Push ? sender : receiver).CreateLink(options, observer);

        public ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer) => throw new NotSupportedException();
    }
}
