using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Listening;

namespace ZmqExporter.Tests.Listening;

public sealed class RefusalLogTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Admits_OneKind_IsToldOncePerPeriod()
    {
        var log = new RefusalLog(_time);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(log.Admits("a"));
        Assert.False(log.Admits("a"));
        _time.Advance(RefusalLog.Period);
        Assert.True(log.Admits("a"));
    }

    [Fact]
    public void Admits_MoreKindsThanItHolds_AreDroppedUntilOldOnesAreOver()
    {
        var log = new RefusalLog(_time);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RefusalLog.MaxKinds, Enumerable.Range(0, 1000).Count(i => log.Admits($"{i}")));
        _time.Advance(RefusalLog.Period);
        Assert.True(log.Admits("one more"));
    }
}
