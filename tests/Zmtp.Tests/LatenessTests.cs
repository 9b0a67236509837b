namespace Zmtp.Tests;

public sealed class LatenessTests
{
    [Fact]
    public void Add_IntervalsThatOverlap_CountOnce()
    {
        var lateness = new Lateness(100);

        lateness.Add(50, 120); // nothing before the start
        lateness.Add(110, 130);
        lateness.Add(150, 160);
        lateness.Add(140, 155);
        lateness.Add(170, 170);

        Assert.Equal(40, lateness.Total);
        Assert.Equal(1040, lateness.Move(1000));
        Assert.Equal(long.MaxValue, lateness.Move(long.MaxValue - 10));
    }
}
