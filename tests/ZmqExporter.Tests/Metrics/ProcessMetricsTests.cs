using System.Globalization;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Tests.Metrics;

public sealed class ProcessMetricsTests
{
    [Fact]
    public void Parse_NameWithBlanksAndParentheses_ReadsTheFields()
    {
        const string Text = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 12345 1000000 300 18446744073709551615 1 1\n";
        Assert.Equal(new ProcessStat(3, 123.45, 1_000_000, 1_228_800), ProcessStat.Parse(Text, 4096));
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (a) S 1 2")]
    public void Parse_Truncated_Throws(string text) => Assert.Throws<FormatException>(() => ProcessStat.Parse(text, 4096));

    [Fact]
    public async Task Collect_NoDescriptorLeftToCountWith_ShowsTheLimit()
    {
        var exhausted = false;
        T Read<T>(T value) => exhausted ? throw new IOException("Too many open files", 24) : value;
        var registry = new Prometheus.CollectorRegistry();
        var metrics = new DescriptorMetrics(new FamilyFactory(registry), () => Read(1024.0), () => Read(17));
        Assert.Throws<IOException>(() =>
        {
            exhausted = true;
            metrics.Collect(); // the limit was never read: nothing is known
        });
        Assert.DoesNotContain("process_open_fds 1", await WriteAsync(registry), StringComparison.Ordinal);

        exhausted = false;
        metrics.Collect();
        Assert.Contains("process_open_fds 17\n", await WriteAsync(registry), StringComparison.Ordinal);

        exhausted = true;
        metrics.Collect();
        Assert.Contains("process_open_fds 1024\n", await WriteAsync(registry), StringComparison.Ordinal);
        Assert.Contains("process_max_fds 1024\n", await WriteAsync(registry), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OnLinux_ShowsPlausibleFiguresOfThisProcess()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the figures come from /proc");
        var scrape = await new MetricsUnderTest().ScrapeAllAsync();
        double Value(string name)
        {
            var line = Assert.Single(scrape.Split('\n'), line => line.StartsWith(name + " ", StringComparison.Ordinal));
            return double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        }

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        Assert.InRange(Value(MetricNames.ProcessCpu), 0.01, Environment.CpuUsage.TotalTime.TotalSeconds + 0.1);
        var start = new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();
        Assert.InRange(Value(MetricNames.ProcessStartTime), start - 5, start + 5);
        Assert.InRange(Value(MetricNames.ProcessResidentMemory), 1e6, 1e11);
        Assert.InRange(Value(MetricNames.ProcessVirtualMemory), Value(MetricNames.ProcessResidentMemory), 1e15);
        Assert.InRange(Value(MetricNames.ProcessOpenDescriptors), 3, Value(MetricNames.ProcessMaxDescriptors));
    }

    private static async Task<string> WriteAsync(Prometheus.CollectorRegistry registry)
    {
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
