using System.Globalization;
using ZmqExporter.Metrics;

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

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", double.PositiveInfinity)]
    public void ParseLimit_SoftLimit_IsRead(string line, double expected) =>
        Assert.Equal(expected, DescriptorMetrics.ParseLimit(["Limit  Soft Limit", line]));

    [Fact]
    public void ParseLimit_NoSuchLine_Throws() => Assert.Throws<FormatException>(() => DescriptorMetrics.ParseLimit(["Limit"]));

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
}
