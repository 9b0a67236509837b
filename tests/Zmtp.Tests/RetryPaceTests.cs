using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests;

public sealed class RetryPaceTests
{
    [Fact]
    public void TryTake_TenThousandLostAtOnce_ABurstAndThenFiveHundredASecond()
    {
        var time = new FakeTimeProvider();
        var pace = new RetryPace(time);
        Assert.Equal(250, Enumerable.Range(0, 10_000).Count(_ => pace.TryTake()));
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            taken += Enumerable.Range(0, 100).Count(_ => pace.TryTake());
        }

        Assert.Equal(5000, taken, 1.0);
    }
}
