using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Scheduling;

namespace ZmqExporter.Tests.Scheduling;

public sealed class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StallWatch _watch;
    private readonly long _due;

    public StallWatchTests()
    {
        _watch = new StallWatch(_time);
        _due = _time.GetTimestamp();
    }

    [Fact]
    public void TryTake_DueTimesThatPassed_IsTheLongestAndTheSumOnce()
    {
        _time.Advance(TimeSpan.FromSeconds(8));
        _watch.OnDue(_due, _time.GetTimestamp(), skipped: 40);
        _watch.OnDue(_due + _time.TimestampFrequency, _time.GetTimestamp(), skipped: 82);
        Assert.False(_watch.TryTake(out _, out _)); // others may follow at this very moment

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_watch.TryTake(out var stalled, out var skipped));
        Assert.Equal((TimeSpan.FromSeconds(8), 122), (stalled, skipped));
        Assert.False(_watch.TryTake(out _, out _));
    }

    [Fact]
    public void TryTake_LittleLateness_IsNoNews()
    {
        _time.Advance(StallWatch.Least - TimeSpan.FromMilliseconds(1));
        _watch.OnDue(_due, _time.GetTimestamp(), skipped: 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_watch.TryTake(out _, out _));
    }
}
