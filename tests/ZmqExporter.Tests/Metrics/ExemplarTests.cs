using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Metrics;

public sealed partial class ExemplarTests
{
    [Fact]
    public async Task Write_OpenMetrics_NamesTheNewestProbeOfEachBucketAndReason()
    {
        var test = new MetricsUnderTest(MetricsDetail.Standard);
        var target = test.Targets.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.OnTime(0.002));
        test.Time.Advance(TimeSpan.FromSeconds(1));
        target.Record(MetricsUnderTest.OnTime(0.003));
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));

        var scrape = await test.ScrapeAsync(MetricsFormat.OpenMetrics);
        var id = $"{test.Time.GetUtcNow().ToUnixTimeMilliseconds():x}-{target.Mark:x8}";
        Assert.Contains($"le=\"0.01\"}} 2 # {{probe=\"{id}\"}} 0.003 1767323046\n", scrape, StringComparison.Ordinal);
        Assert.Contains("le=\"0.001\"} 0\n", scrape, StringComparison.Ordinal);
        Assert.Contains($"reason=\"refused\"}} 1 # {{probe=\"{id}\"}} 1 1767323046\n", scrape, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OtherFormatOrLean_HasNone()
    {
        foreach (var (detail, format) in new[] { (MetricsDetail.Standard, MetricsFormat.Text), (MetricsDetail.Lean, MetricsFormat.OpenMetrics) })
        {
            var test = new MetricsUnderTest(detail);
            test.Targets.Set(MetricsUnderTest.Target()).Record(MetricsUnderTest.Miss(FailureReason.Refused));
            Assert.DoesNotContain(" # {", await test.ScrapeAsync(format), StringComparison.Ordinal);
        }
    }

    // Whatever was recorded: the value is in its bucket, and the id leads back to its target while that knows the probe.
    [Fact]
    public void Write_AnyRoundTrips_AreInTheirBucketsAndAreFound() =>
        Gen.Double[0.00001, 5].Array[1, 60].Sample(
            durations =>
            {
                var test = new MetricsUnderTest(MetricsDetail.Standard);
                Target[] targets = [test.Targets.Set(MetricsUnderTest.Target("one")), test.Targets.Set(MetricsUnderTest.Target("other"))];
                for (var i = 0; i < durations.Length; i++)
                {
                    targets[i % 2].Record(MetricsUnderTest.OnTime(durations[i]));
                    test.Time.Advance(TimeSpan.FromMilliseconds(1));
                }

                var lower = 0.0;
                var found = 0;
                foreach (var line in test.ScrapeAsync(MetricsFormat.OpenMetrics).GetAwaiter().GetResult().Split('\n').Where(line => line.StartsWith("zmq_probe_duration_seconds_bucket", StringComparison.Ordinal)))
                {
                    var upper = Number(line.Split(",le=\"")[1].Split('"')[0]);
                    lower = upper < lower ? 0 : lower; // the next target's begin
                    if (Exemplar().Match(line) is { Success: true } exemplar)
                    {
                        found++;
                        Assert.InRange(Number(exemplar.Groups["value"].Value), lower, upper);
                        Assert.Contains($"target=\"{test.Targets.FindProbe(exemplar.Groups["id"].Value)!.Key.Target}\"", line, StringComparison.Ordinal);
                    }

                    lower = upper;
                }

                Assert.InRange(found, 1, durations.Length);
            },
            iter: 30);

    [Theory]
    [InlineData("")]
    [InlineData("19ab3f2c4d5")]
    [InlineData("19ab3f2c4d5-0a1b2c3d")]
    [InlineData("x-0a1b2c3d")]
    [InlineData("19ab3f2c4d5-0a1b2c3d-1")]
    [InlineData("ffffffffffffffffffffffffff-0a1b2c3d")]
    public void FindProbe_NobodyKnowsIt_IsNull(string id)
    {
        var test = new MetricsUnderTest();
        test.Targets.Set(MetricsUnderTest.Target()).Record(MetricsUnderTest.OnTime());
        Assert.Null(test.Targets.FindProbe(id));
    }

    private static double Number(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@" # \{probe=""(?<id>[0-9a-f-]{1,25})""\} (?<value>\S+) \S+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exemplar();
}
