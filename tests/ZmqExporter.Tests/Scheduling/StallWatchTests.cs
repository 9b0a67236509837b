using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Scheduling;

namespace ZmqExporter.Tests.Scheduling;

public sealed class StallWatchTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StallWatch _watch;
    private readonly Timestamp _due;

    public StallWatchTests()
    {
        _watch = new StallWatch(_time);
        _due = Timestamp.Now(_time);
    }

    [Fact]
    public void TryTake_DueTimesThatPassed_IsTheLongestAndTheSumOnce()
    {
        _time.Advance(TimeSpan.FromSeconds(8));
        _watch.OnDue(_due, Timestamp.Now(_time), skipped: 40);
        _watch.OnDue(_due + TimeSpan.FromSeconds(1), Timestamp.Now(_time), skipped: 82);
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
        _watch.OnDue(_due, Timestamp.Now(_time), skipped: 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_watch.TryTake(out _, out _));
    }
}
