using System.Collections.Immutable;
using System.Text;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Tests.Metrics;

/// <summary>The three formats say the same of the same targets.</summary>
public sealed class FormatsTests
{
    private static readonly Gen<ProbeResult> Results = Gen.Select(
        Gen.Enum<ProbeOutcome>(), Gen.Enum<FailureReason>(), Gen.Double[0, 20], Gen.Bool, Gen.Int[0, 3], (outcome, reason, seconds, isReachable, minor) => new ProbeResult
        {
            Outcome = outcome,
            Reason = outcome is ProbeOutcome.Miss or ProbeOutcome.LocalError ? reason : null,
            Reachable = isReachable ? true : null,
            RoundTrip = outcome is ProbeOutcome.OnTime or ProbeOutcome.Late ? TimeSpan.FromSeconds(seconds) : null,
            Phases = new PhaseDurations(null, TimeSpan.FromSeconds(seconds), null, null, isReachable ? TimeSpan.FromSeconds(seconds / 3) : null),
            Peer = isReachable ? MetricsUnderTest.Peer(minor) : null,
        });

    private static readonly Gen<string> Values = Gen.String[Gen.Char["ab\"\\\n {},=ä"], 1, 8];

    private static readonly Gen<(TargetConfig Config, ProbeResult[] Results, ConnectionEvent[] Events)> Targets = Gen.Select(
        Values, Values, Gen.Double[0.0001, 9].Array[0, 4], Gen.Bool, Results.Array[0, 20], Gen.Enum<ConnectionEvent>().Array[0, 9], (name, label, bounds, isSubscription, results, events) =>
        {
            var config = MetricsUnderTest.Target(name, "ping", ("team", label));
            var module = config.Module with { Buckets = [.. bounds.Append(1).Distinct().Order()] };
            ProberConfig prober = isSubscription ? new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []) : module.Prober;
            return (config with { Module = module with { Prober = prober } }, results, events);
        });

    [Fact]
    public void Write_AnyTargets_IsTheSameInEachFormat() =>
        Gen.Select(Gen.Enum<MetricsDetail>(), Targets.Array[0, 4]).Sample(
            (detail, targets) =>
            {
                var test = new MetricsUnderTest(detail);
                foreach (var (config, results, events) in targets)
                {
                    var target = test.Targets.Set(config);
                    Array.ForEach(results, result => target.Record(result));
                    Array.ForEach(events, target.OnConnectionEvent);
                }

                var text = ExpositionText.Parse(Scrape(test, MetricsFormat.Text));
                Assert.Equal(text.Count, text.Select(sample => sample.Series).Distinct(StringComparer.Ordinal).Count());
                AssertSame(text, ExpositionText.Parse(Scrape(test, MetricsFormat.OpenMetrics)));
                AssertSame(text, ExpositionProtobuf.Parse(ScrapeBytes(test, MetricsFormat.Protobuf)));
            },
            iter: 60);

    [Fact]
    public void Write_Protobuf_HasTheRoundTripsInNativeBuckets() =>
        Gen.Double[0.00001, 100].Array[1, 50].Sample(
            durations =>
            {
                var test = new MetricsUnderTest();
                var target = test.Targets.Set(MetricsUnderTest.Target());
                foreach (var duration in durations)
                {
                    target.Record(MetricsUnderTest.OnTime(duration));
                }

                var (buckets, zeros, schema) = ExpositionProtobuf.Native(ScrapeBytes(test, MetricsFormat.Protobuf), MetricNames.ProbeDuration);
                Assert.Equal((3, 0UL), (schema, zeros));
                var expected = target.Snapshot().RoundTrips.Exponential.Buckets.ToDictionary(bucket => (int)bucket.Index, bucket => bucket.Count);
                Assert.Equal(expected.OrderBy(pair => pair.Key), buckets.OrderBy(pair => pair.Key));
            },
            iter: 60);

    [Fact]
    public async Task Write_OpenMetrics_SaysSinceWhenCountersCount()
    {
        var test = new MetricsUnderTest(MetricsDetail.Standard);
        test.Targets.Set(MetricsUnderTest.Target()).Record(MetricsUnderTest.OnTime());
        var scrape = await test.ScrapeAsync(MetricsFormat.OpenMetrics);
        Assert.Contains("\nzmq_probes_created{target=\"orders\",module=\"ping\"} 1767323045\n", scrape, StringComparison.Ordinal);
        Assert.Contains("\nzmq_probe_duration_seconds_created{target=\"orders\",module=\"ping\"} 1767323045\n", scrape, StringComparison.Ordinal);
        Assert.Contains("\n# TYPE zmq_target info\nzmq_target_info{", scrape, StringComparison.Ordinal);
    }

    private static void AssertSame(List<ExposedSample> expected, List<ExposedSample> actual)
    {
        var (ours, theirs) = (Sorted(expected), Sorted(actual));
        Assert.Equal(ours.Select(sample => sample.Series), theirs.Select(sample => sample.Series), StringComparer.Ordinal);
        Assert.Equal(ours, theirs);
    }

    // What the process says of itself differs from scrape to scrape.
    private static List<ExposedSample> Sorted(IEnumerable<ExposedSample> samples) =>
    [
        .. samples
            .Where(sample => !sample.Series.StartsWith("process_", StringComparison.Ordinal) && !sample.Series.StartsWith("dotnet_", StringComparison.Ordinal))
            .OrderBy(sample => sample.Series, StringComparer.Ordinal),
    ];

    private static string Scrape(MetricsUnderTest test, MetricsFormat format) => Encoding.UTF8.GetString(ScrapeBytes(test, format));

    // Everything in it ends at once: memory is never slow.
    private static byte[] ScrapeBytes(MetricsUnderTest test, MetricsFormat format)
    {
        var scrape = test.ScrapeBytesAsync(format);
        Assert.True(scrape.IsCompletedSuccessfully);
        return scrape.GetAwaiter().GetResult();
    }
}
