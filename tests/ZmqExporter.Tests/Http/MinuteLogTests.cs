using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class MinuteLogTests
{
    [Fact]
    public void MayLog_Often_IsTrueOnceAMinuteAndCountsTheRest()
    {
        var time = new FakeTimeProvider();
        var log = new MinuteLog(time);
        Assert.Equal((true, null), May(log));
        Assert.False(May(log).May);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(May(log).May);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, 2L), May(log));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, null), May(log));
    }

    private static (bool May, long? LeftOut) May(MinuteLog log) => (log.MayLog(out var leftOut), leftOut);
}
