using ZmqExporter.Configuration.Web;
using ZmqExporter.Http.Protection;

namespace ZmqExporter.Tests.Http.Protection;

public sealed class RequestRateTests
{
    private static readonly RateLimitConfig Slow = new(TimeSpan.FromHours(1), Burst: 3);

    [Fact]
    public void MayPass_MoreThanTheBurst_RefusesTheRest()
    {
        using var rate = new RequestRate();

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => rate.MayPass(Slow)).ToArray());
    }

    [Fact]
    public void MayPass_AnEqualConfig_GoesOnCounting()
    {
        using var rate = new RequestRate();
        Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(_ => rate.MayPass(Slow)).ToArray());

        Assert.False(rate.MayPass(new RateLimitConfig(Slow.Interval, Slow.Burst)));
        Assert.True(rate.MayPass(Slow with { Burst = 1 }));
        Assert.True(rate.MayPass(null));
    }

    [Fact]
    public void MayPass_AfterTheInterval_LetsOneMorePass()
    {
        using var rate = new RequestRate();
        var quick = new RateLimitConfig(TimeSpan.FromMilliseconds(20), Burst: 1);
        Assert.True(rate.MayPass(quick));

        Assert.True(SpinWait.SpinUntil(() => rate.MayPass(quick), Eventually.Deadline));
    }
}
