using System.Collections.Concurrent;
using System.Text;
using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Heartbeat;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using Zmtp;
using Zmtp.Timing;

namespace ZmqExporter.Tests.Metrics;

/// <summary>The three formats say the same of the same targets.</summary>
public sealed class FormatsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly ValueConfig[] Numbers =
    [
        new("app_depth", "Jobs that wait.", ValueKind.Gauge, SourceConfig.Of(0)),
        new("app_jobs_total", "Jobs \"done\".", ValueKind.Counter, SourceConfig.Of(0), Labels: [new("worker", Path: null)]),
    ];

    private static readonly Gen<ProbeResult> Results = Gen.Select(
        Gen.Enum<ProbeOutcome>(), Gen.Enum<FailureReason>(), Gen.Double[0, 20], Gen.Bool, Gen.Int[0, 3], (outcome, reason, seconds, isReachable, minor) => new ProbeResult
        {
            Outcome = outcome,
            Reason = outcome is ProbeOutcome.Miss or ProbeOutcome.LocalError ? reason : null,
            Reachable = isReachable ? true : null,
            Responsive = isReachable ? outcome == ProbeOutcome.OnTime : null,
            Ready = isReachable ? outcome == ProbeOutcome.OnTime : null,
            RoundTrip = outcome is ProbeOutcome.OnTime or ProbeOutcome.Late ? TimeSpan.FromSeconds(seconds) : null,
            Phases = new PhaseDurations(null, TimeSpan.FromSeconds(seconds), null, null, isReachable ? TimeSpan.FromSeconds(seconds / 3) : null),
            Peer = isReachable ? MetricsUnderTest.Peer(minor) : null,
            Loop = minor == 2 ? new LoopCounters(9, 1, 2, 3) : null,
            Unmapped = minor == 1 ? [new UnmappedSource(Mapping.Values, "app_depth", "nothing"), new UnmappedSource(Mapping.Sequence, "", "nothing")] : [],
            Values = outcome is not (ProbeOutcome.OnTime or ProbeOutcome.Late) ? null
                : new MessageValues(
                    [new(Numbers[0], [], seconds), .. Enumerable.Range(0, minor).Select(worker => new ValueSample(Numbers[1], [worker == 0 ? "" : $"w\"{worker}\n"], worker))], minor),
        });

    private static readonly Gen<string> Values = Gen.String[Gen.Char["ab\"\\\n {},=ä"], 1, 8];

    private static readonly Gen<SubscriptionBatch> Batches = Gen.Select(
        Gen.Long[1, 1000], Gen.Long[0, 3], Gen.Double[-5, 5], Gen.Int[0, 60_000], (messages, count, delay, arrived) => new SubscriptionBatch(
            messages, 64 * messages, new SequenceCounts(count, count / 2, count / 3, count), count == 0 ? null : TimeSpan.FromSeconds(delay), Start.AddMilliseconds(arrived))
        {
            Followed = messages - count,
        });

    private static readonly Gen<TargetConfig> Configs = Gen.Select(
        Values, Values, Gen.Double[0.0001, 9].Array[0, 4], Gen.Bool, (name, label, bounds, isSubscription) =>
        {
            var config = MetricsUnderTest.Target(name, "ping", ("team", label));
            var module = config.Module with { Buckets = [.. bounds.Append(1).Distinct().Order()] };
            ProberConfig prober = isSubscription ? new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []) : module.Prober;
            return config with { Module = module with { Prober = prober with { Values = [.. Numbers], Heartbeat = new HeartbeatConfig() } } };
        });

    private static readonly Gen<Story> Stories = Gen.Select(
        Configs, Results.Array[0, 20], Gen.Enum<ConnectionEvent>().Array[0, 9], Batches.Array[0, 3], Gen.Int[0, 3], Gen.Int[-2000, 60_000], (config, results, events, batches, stale, overdue) =>
            new Story(config, results, events, config.Module.Prober is SubscribeProberConfig ? batches : [], stale, TimeSpan.FromMilliseconds(overdue)));

    [Fact]
    public void Write_AnyTargets_IsTheSameInEachFormat() =>
        Gen.Select(Gen.Enum<MetricsDetail>(), Stories.Array[0, 4], Gen.Long[0, TimeSpan.TicksPerSecond]).Sample(
            (detail, stories, ticks) =>
            {
                var test = new MetricsUnderTest(detail);
                test.Time.Advance(TimeSpan.FromTicks(ticks)); // instants are rounded, and in each format alike
                Array.ForEach(stories, story => story.Play(test));

                var text = ExpositionText.Parse(Scrape(test, MetricsFormat.Text));
                var openMetrics = ExpositionText.Parse(Scrape(test, MetricsFormat.OpenMetrics));
                var protobuf = ExpositionProtobuf.Parse(ScrapeBytes(test, MetricsFormat.Protobuf));
                Assert.Equal(text.Count, text.Select(sample => sample.Series).Distinct(StringComparer.Ordinal).Count());
                Assert.DoesNotContain(text, sample => sample.IsCreated);
                AssertSame(text, WithoutExamples(openMetrics.Where(sample => !sample.IsCreated)));
                AssertSame(openMetrics.Where(sample => !sample.IsCreated), protobuf.Where(sample => !sample.IsCreated));

                // In lean only protobuf, where it makes no series.
                AssertSame(
                    detail == MetricsDetail.Lean ? [] : protobuf.Where(sample => sample.IsCreated),
                    openMetrics.Where(sample => sample.IsCreated));
            },
            iter: 60);

    // The property above compares no examples when no story has them.
    [Fact]
    public void Write_Protobuf_HasExamplesOfCountsAndOfEveryBucket()
    {
        var test = new MetricsUnderTest(MetricsDetail.Standard);
        var target = test.Targets.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.Record(MetricsUnderTest.OnTime(0.002));
        target.Record(MetricsUnderTest.OnTime(1000)); // above all bounds

        var examples = ExpositionProtobuf.Parse(ScrapeBytes(test, MetricsFormat.Protobuf)).Where(sample => sample.Example.Length > 0).Select(sample => sample.Series).ToList();
        Assert.Equal(3, examples.Count);
        Assert.Contains(examples, series => series.StartsWith("zmq_probe_failures_total", StringComparison.Ordinal));
        Assert.Contains(examples, series => series.Contains("le=\"+Inf\"", StringComparison.Ordinal));
    }

    // The property above compares nothing when no story has a family's series.
    [Fact]
    public void Write_ManyStories_HaveEveryFamily()
    {
        var seen = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        Stories.Array[4].Sample(
            stories =>
            {
                var test = new MetricsUnderTest();
                Array.ForEach(stories, story => story.Play(test));
                foreach (var sample in ExpositionText.Parse(Scrape(test, MetricsFormat.Text)).Where(sample => sample.Value != 0))
                {
                    seen[sample.Series[..sample.Series.IndexOf('{', StringComparison.Ordinal)]] = true;
                }
            },
            iter: 60);
        Assert.DoesNotContain(
            MetricCatalog.All.Select(family => family.Type == MetricType.Histogram ? $"{family.Name}_count" : family.Name).Concat(Numbers.Select(number => number.Metric)), name => !seen.ContainsKey(name));
    }

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
                var expected = target.Snapshot(withExponential: true).RoundTrips!.Exponential!.Value.Buckets.ToDictionary(bucket => (int)bucket.Index, bucket => bucket.Count);
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

    // The text format has none.
    private static IEnumerable<ExposedSample> WithoutExamples(IEnumerable<ExposedSample> samples) => samples.Select(static sample => sample with { Example = "" });

    private static void AssertSame(IEnumerable<ExposedSample> expected, IEnumerable<ExposedSample> actual)
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

    /// <summary>What happens to a target before it is scraped.</summary>
    private sealed record Story(
        TargetConfig Config, ProbeResult[] Results, ConnectionEvent[] Events, SubscriptionBatch[] Batches, int StaleReplies, TimeSpan Overdue)
    {
        public void Play(MetricsUnderTest test)
        {
            var target = test.Targets.Set(Config);
            Array.ForEach(Results, result => target.Record(result));
            Array.ForEach(Events, target.OnConnectionEvent);
            Array.ForEach(Batches, batch => target.OnSubscriptionRead(batch));
            for (var run = 0; run < StaleReplies; run++)
            {
                target.OnHeartbeat(new HeartbeatReport(HeartbeatStatus.Serving, "", $"run-{run}", HeartbeatDetails.Read("{\"start_time\": 1767323045.5}"u8)));
            }

            for (var i = 0; i < StaleReplies; i++)
            {
                target.OnStaleReply();
            }

            target.SetDue(Timestamp.Now(test.Time) + -Overdue);
        }
    }
}
