using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Tests.Metrics;

public sealed class ExporterMetricsTests
{
    [Fact]
    public async Task Write_CollectorThrows_IsCountedAndTheRestIsThere()
    {
        var test = new MetricsUnderTest();
        test.Exporter.AddCollector(() => throw new InvalidOperationException("broken"));
        test.Targets.Set(MetricsUnderTest.Target());
        Assert.Equal(" 1", Assert.Single(await test.SamplesAsync(MetricNames.CollectErrors)));
        Assert.Equal(" 2", Assert.Single(await test.SamplesAsync(MetricNames.CollectErrors)));
        Assert.Single(await test.SamplesAsync(MetricNames.Probes));
    }

    [Fact]
    public async Task Write_OpenMetrics_EndsWithEof()
    {
        var test = new MetricsUnderTest();
        Assert.EndsWith("\n# EOF\n", await test.ScrapeAllAsync(MetricsFormat.OpenMetrics), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reloads_FailedThenSucceeded_ShowsBoth()
    {
        var test = new MetricsUnderTest();
        var started = Assert.Single(await test.SamplesAsync(MetricNames.ConfigLastReloadSuccessTimestamp));
        Assert.Equal(" 1", Assert.Single(await test.SamplesAsync(MetricNames.ConfigLastReloadSuccessful)));

        test.Time.Advance(TimeSpan.FromMinutes(1));
        test.Exporter.Self.Reloads.Failed();
        Assert.Equal(" 0", Assert.Single(await test.SamplesAsync(MetricNames.ConfigLastReloadSuccessful)));
        Assert.Equal(started, Assert.Single(await test.SamplesAsync(MetricNames.ConfigLastReloadSuccessTimestamp)));

        test.Exporter.Self.Reloads.Succeeded();
        Assert.Equal(" 1", Assert.Single(await test.SamplesAsync(MetricNames.ConfigLastReloadSuccessful)));
        Assert.False(started == Assert.Single(await test.SamplesAsync(MetricNames.ConfigLastReloadSuccessTimestamp)));
    }

    [Fact]
    public async Task Write_Clock_IsThatOfTheScrape()
    {
        var test = new MetricsUnderTest();
        Assert.Equal(" 1767323045", Assert.Single(await test.SamplesAsync(MetricNames.Clock)));

        test.Time.Advance(TimeSpan.FromSeconds(90.5));
        Assert.Equal(" 1767323135.5", Assert.Single(await test.SamplesAsync(MetricNames.Clock)));
    }

    [Fact]
    public async Task ProbeStarted_Early_CountsAsNoDelay()
    {
        var test = new MetricsUnderTest();
        test.Exporter.Self.ProbeStarted(TimeSpan.FromMilliseconds(-5));
        Assert.Equal(" 1", Assert.Single(await test.SamplesAsync(MetricNames.ProbesInFlight)));
        Assert.Equal(" 0", Assert.Single(await test.SamplesAsync(MetricNames.ScheduleDelay + "_sum")));
        test.Exporter.Self.ProbeEnded();
        Assert.Equal(" 0", Assert.Single(await test.SamplesAsync(MetricNames.ProbesInFlight)));
    }

    [Theory]
    [InlineData("1.2.3+abc", "1.2.3", "abc")]
    [InlineData("1.2.3-rc.1", "1.2.3-rc.1", "unknown")]
    public void BuildInfo_InformationalVersion_IsSplit(string text, string version, string revision) =>
        Assert.Equal(new BuildInfo(version, revision), BuildInfo.Parse(text));
}
