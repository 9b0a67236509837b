using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Tests.Metrics;

public sealed class GoldenTests
{
    [Fact]
    public async Task Write_IdleFull_IsGolden()
    {
        var test = new MetricsUnderTest();
        test.Targets.Set(MetricsUnderTest.Target());
        await AssertGoldenAsync("idle-full.txt", await test.ScrapeAsync());
    }

    [Fact]
    public async Task Write_OutageFull_IsGolden()
    {
        var test = new MetricsUnderTest(MetricsDetail.Full);
        Script.Play(test);
        await AssertGoldenAsync("outage-full.txt", await test.ScrapeAsync());
    }

    [Fact]
    public async Task Write_OutageStandard_IsGolden()
    {
        var test = new MetricsUnderTest(MetricsDetail.Standard);
        Script.Play(test);
        await AssertGoldenAsync("outage-standard.txt", await test.ScrapeAsync());
    }

    [Fact]
    public async Task Write_OutageLean_IsGolden()
    {
        var test = new MetricsUnderTest(MetricsDetail.Lean);
        Script.Play(test);
        await AssertGoldenAsync("outage-lean.txt", await test.ScrapeAsync());
    }

    [Fact]
    public async Task Write_OutageOpenMetrics_IsGolden()
    {
        var test = new MetricsUnderTest(MetricsDetail.Full);
        Script.Play(test);
        await AssertGoldenAsync("outage-openmetrics.txt", await test.ScrapeAsync(MetricsFormat.OpenMetrics));
    }

    private static async Task AssertGoldenAsync(string name, string actual)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Metrics", "Golden", name);
        var cancellation = TestContext.Current.CancellationToken;
        var expected = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellation) : "";
        if (expected != actual)
        {
            var received = Path.ChangeExtension(path, ".received");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(received, actual, cancellation);
            TestContext.Current.SendDiagnosticMessage("compare with {0}", received);
        }

        Assert.Equal(expected, actual);
    }
}
