namespace Zmtp.Tests;

public sealed class LatenessTests
{
    [Fact]
    public void Add_IntervalsThatOverlap_CountOnce()
    {
        var lateness = new Lateness(new(100));

        lateness.Add(new(50), new(120)); // nothing before the start
        lateness.Add(new(110), new(130));
        lateness.Add(new(150), new(160));
        lateness.Add(new(140), new(155));
        lateness.Add(new(170), new(170));

        Assert.Equal(TimeSpan.FromTicks(40), lateness.Total);
        Assert.Equal(new Timestamp(1040), lateness.Move(new(1000)));
        Assert.Equal(Timestamp.Never, lateness.Move(new(long.MaxValue - 10)));
    }
}
