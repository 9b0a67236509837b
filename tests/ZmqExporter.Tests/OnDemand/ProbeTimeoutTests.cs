using ZmqExporter.OnDemand;

namespace ZmqExporter.Tests.OnDemand;

public sealed class ProbeTimeoutTests
{
    [Theory]
    [InlineData(2, null, 2)]
    [InlineData(2, 10.0, 2)]
    [InlineData(2, 2.5, 2)]
    [InlineData(2, 2.0, 1.5)]
    [InlineData(2, 1.0, 0.5)]
    [InlineData(2, 0.5, 0.25)] // less than the offset: half of it
    [InlineData(2, 0.01, 0.005)]
    [InlineData(2, 1e-9, 0.001)]
    [InlineData(0.1, 0.5, 0.1)]
    [InlineData(2, 0.0, 2)]
    [InlineData(2, -1.0, 2)]
    [InlineData(2, double.NaN, 2)]
    [InlineData(2, double.PositiveInfinity, 2)]
    [InlineData(2, double.NegativeInfinity, 2)]
    [InlineData(2, 1e300, 2)]
    public void Of_ModuleAndScrape_IsTheShorterOneAndNeverZero(double module, double? scrape, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), ProbeTimeout.Of(TimeSpan.FromSeconds(module), scrape));
}
