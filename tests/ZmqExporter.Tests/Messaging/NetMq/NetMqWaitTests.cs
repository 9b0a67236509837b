using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class NetMqWaitTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly NetMqWait _wait;
    private int _looks;
    private short _looked;
    private bool _hasWorker = true;

    public NetMqWaitTests()
    {
        _timers = new TimerQueue(_time);
        _wait = new NetMqWait(
            _timers,
            action => ThreadPool.QueueUserWorkItem(_ => action()),
            wait =>
            {
                _looked = wait;
                Interlocked.Increment(ref _looks);
                return _hasWorker;
            },
            (now, hasLooked) => hasLooked
                ? new LinkOutcome(LinkOutcomeKind.TimedOut, now)
                : new LinkOutcome(LinkOutcomeKind.Failed, now, Error: new ZmtpError(ZmtpErrorCode.Local, "no answer")));
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public async Task Begin_TimeIsOver_EndsOnlyWhenTheWorkerHasReadItsSockets()
    {
        var wait = _wait.Begin(_timers.After(Second), isReceive: true);
        _time.Advance(Second);
        Eventually.True(() => Volatile.Read(ref _looks) == 1);
        Assert.True(_wait.IsWaiting);

        _wait.TryEnd(_looked, new LinkOutcome(LinkOutcomeKind.TimedOut, _timers.Now));
        var outcome = await wait;
        Assert.Equal((LinkOutcomeKind.TimedOut, null), (outcome.Kind, outcome.Earliest));
    }

    [Fact]
    public async Task TryEnd_LookOfAnEarlierWait_DoesNotEndThisOne()
    {
        var first = _wait.Begin(_timers.After(Second), isReceive: true);
        _time.Advance(Second);
        Eventually.True(() => Volatile.Read(ref _looks) == 1);
        Assert.True(End(new LinkOutcome(LinkOutcomeKind.Message, _timers.Now, ZmtpMessage.FromText("x"))));
        await first;

        var second = _wait.Begin(_timers.After(Second), isReceive: true);
        _wait.TryEnd(_looked, new LinkOutcome(LinkOutcomeKind.TimedOut, _timers.Now));
        Assert.True(_wait.IsWaiting);
        Assert.True(End(new LinkOutcome(LinkOutcomeKind.Pong, _timers.Now)));
        Assert.Equal(LinkOutcomeKind.Pong, (await second).Kind);
    }

    [Fact]
    public async Task Begin_WorkerDoesNotAnswer_IsOurOwnFailure()
    {
        var wait = _wait.Begin(_timers.After(Second), isReceive: true);
        _time.Advance(Second);
        Eventually.True(() => Volatile.Read(ref _looks) == 1);
        _time.Advance(NetMqWait.Grace);

        var outcome = await wait;
        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Local), (outcome.Kind, outcome.Error?.Code));
    }

    [Fact]
    public async Task Begin_NothingToRead_TimesOutAtOnce()
    {
        _hasWorker = false;
        var wait = _wait.Begin(_timers.After(Second), isReceive: true);
        _time.Advance(Second);

        Assert.Equal(LinkOutcomeKind.TimedOut, (await wait).Kind);
    }

    [Fact]
    public async Task TryEnd_MessageThatTheWorkerReadAfterTheDeadline_MayHaveComeAtAnyTime()
    {
        var begun = _timers.Now;
        var wait = _wait.Begin(_timers.After(Second), isReceive: true);
        _time.Advance(Second * 1.2);

        Assert.True(End(new LinkOutcome(LinkOutcomeKind.Message, _timers.Now, ZmtpMessage.FromText("x"))));

        Assert.Equal(begun, (await wait).Earliest);
    }

    [Fact]
    public async Task TryEnd_MessageThatTheWorkerReadBeforeTheDeadline_CameInTime()
    {
        var wait = _wait.Begin(_timers.After(Second), isReceive: true);
        var received = _timers.After(Second * 0.9);
        _time.Advance(Second * 1.2);

        Assert.True(End(new LinkOutcome(LinkOutcomeKind.Message, received, ZmtpMessage.FromText("x"))));

        var outcome = await wait;
        Assert.Equal((LinkOutcomeKind.Message, null), (outcome.Kind, outcome.Earliest));
    }

    private bool End(LinkOutcome outcome) => _wait.TryClaim(ref outcome) && _wait.Complete(outcome, inline: false);
}
