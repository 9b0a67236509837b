using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.NetMq;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

public sealed class NetMqWaitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly NetMqWait _wait;

    public NetMqWaitTests()
    {
        _timers = new TimerQueue(_time);
        _wait = new NetMqWait(_timers, now => new LinkOutcome(LinkOutcomeKind.TimedOut, now));
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public async Task Begin_TimerInTime_TimesOut()
    {
        var wait = _wait.Begin(_timers.After(TimeSpan.FromSeconds(1)), isReceive: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        var outcome = await wait;
        Assert.Equal((LinkOutcomeKind.TimedOut, null), (outcome.Kind, outcome.Earliest));
    }

    [Fact]
    public async Task Begin_ProcessHeldUpAcrossTheDeadline_AMessageMayHaveComeAtAnyTime()
    {
        var begun = Timestamp.Now(_time);
        var wait = _wait.Begin(_timers.After(TimeSpan.FromSeconds(1)), isReceive: true);
        _time.Advance(TimeSpan.FromSeconds(1.2)); // in one step: the timer fires 0.2 s late
        Assert.True(_wait.IsWaiting); // NetMQ's threads were held up as well
        Assert.True(_wait.TryEndReceive(new LinkOutcome(LinkOutcomeKind.Message, Timestamp.Now(_time), ZmtpMessage.FromText("x"))));
        var outcome = await wait;
        Assert.Equal((LinkOutcomeKind.Message, begun), (outcome.Kind, outcome.Earliest));
    }

    [Fact]
    public async Task Begin_ProcessHeldUpAndNothingComesAfterwards_TimesOut()
    {
        var wait = _wait.Begin(_timers.After(TimeSpan.FromSeconds(1)), isReceive: true);
        _time.Advance(TimeSpan.FromSeconds(1.2)); // in one step: the timer fires 0.2 s late
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(LinkOutcomeKind.TimedOut, (await wait).Kind);
    }
}
