using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>What metrics cost: a record, a target's memory, a scrape of 10,000 targets, and what scrapes do to other work.</summary>
internal static class MetricsBenchmarks
{
    private const int Targets = 10_000;
    private const int Records = 2_000_000;
    private const int Scrapes = 4;
    private const int ScrapeRounds = 8;

    // As the config gives them: shared by the targets of a module.
    private static readonly Dictionary<MetricsDetail, ImmutableArray<double>> Bounds = Enum.GetValues<MetricsDetail>()
        .ToDictionary(detail => detail, detail => RoundTripBuckets.WithLateAfter(RoundTripBuckets.DefaultOf(detail), new PolicyConfig().LateAfter));

    internal static readonly ProbeResult Answer = new()
    {
        Outcome = ProbeOutcome.OnTime,
        Reachable = true,
        Responsive = true,
        Ready = true,
        RoundTrip = TimeSpan.FromMilliseconds(0.3),
        Phases = new PhaseDurations(null, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1), null, TimeSpan.FromMilliseconds(0.3)),
        Peer = new PeerInfo(3, 1, "NULL", "REP", ImmutableSortedDictionary<string, string>.Empty),
    };

    private static readonly ProbeResult Miss = new()
    {
        Outcome = ProbeOutcome.Miss,
        Reason = FailureReason.ReplyTimeout,
        Reachable = true,
        Responsive = false,
    };

    /// <summary>Runs all and prints the figures.</summary>
    public static async Task Run()
    {
        MeasureRecord();
        foreach (var detail in Enum.GetValues<MetricsDetail>())
        {
            var metrics = MeasureMemory(detail, out var targets);
            await MeasureScrape(metrics, detail);
            await MeasureDisturbance(metrics, detail, yields: false);
            await MeasureDisturbance(metrics, detail, yields: true);
            GC.KeepAlive(targets);
        }

        MeasureDescriptors();
    }

    private static void MeasureRecord()
    {
        var target = new Target(Target(0, MetricsDetail.Standard), TimeProvider.System);
        for (var round = 0; round < 2; round++) // the first one warms up
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Records; i++)
            {
                target.Record(Answer);
            }

            var answers = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Records / 2; i++)
            {
                target.Record(Miss);
                target.Record(Answer);
            }

            var changes = Stopwatch.GetElapsedTime(start);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (round > 0)
            {
                Print($"Record {answers.TotalNanoseconds / Records:F0} ns, with a change each time {changes.TotalNanoseconds / Records:F0} ns, {allocated / (2.0 * Records):F3} B");
            }
        }
    }

    private static ExporterMetrics MeasureMemory(MetricsDetail detail, out TargetSet targets)
    {
        (var metrics, targets) = Create(detail);
        TargetConfig[] configs = [.. Enumerable.Range(0, Targets).Select(i => Target(i, detail))];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        Target[] records = [.. configs.Select(targets.Set)];
        var took = Stopwatch.GetElapsedTime(start);
        foreach (var target in records)
        {
            for (var i = 0; i < TargetHistory.MostResults; i++)
            {
                target.Record(Answer);
            }
        }

        Print($"{detail}: {Targets} targets in {took.TotalMilliseconds:F0} ms, {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / Targets:F1} kB a target");
        GC.KeepAlive(configs);
        return metrics;
    }

    private static async Task MeasureScrape(ExporterMetrics metrics, MetricsDetail detail)
    {
        foreach (var format in Enum.GetValues<MetricsFormat>())
        {
            for (var round = 1; round <= ScrapeRounds; round++)
            {
                var packed = new CountingStream();
                var allocated = GC.GetTotalAllocatedBytes();
                var cpu = Environment.CpuUsage.TotalTime;
                var start = Stopwatch.GetTimestamp();
                long plain;
                await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
                {
                    await using var counter = new YieldingStream(gzip);
                    await metrics.WriteAsync(counter, format, CancellationToken.None);
                    plain = counter.Written;
                }

                var took = Stopwatch.GetElapsedTime(start);
                cpu = Environment.CpuUsage.TotalTime - cpu;
                allocated = GC.GetTotalAllocatedBytes() - allocated;
                if (round is 1 or ScrapeRounds)
                {
                    Print($"{detail}, {format}, scrape {round}: {cpu.TotalMilliseconds:F0} ms CPU, {took.TotalMilliseconds:F0} ms, {plain / 1e6:F1} MB, gzip {packed.Bytes / 1e6:F1} MB, allocates {allocated / 1024.0:F0} kB");
                }
            }
        }
    }

    /// <summary>How long a work item waits for a thread while some scrapes run at once.</summary>
    private static async Task MeasureDisturbance(ExporterMetrics metrics, MetricsDetail detail, bool yields)
    {
        var scrapes = Task.WhenAll(Enumerable.Range(0, Scrapes).Select(_ => Task.Run(async () =>
        {
            var sink = new CountingStream();
            await metrics.WriteAsync(yields ? new YieldingStream(sink) : sink, MetricsFormat.Text, CancellationToken.None);
        })));
        var waits = new List<double>();
        while (!scrapes.IsCompleted)
        {
            var start = Stopwatch.GetTimestamp();
            await Task.Yield();
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        await scrapes;
        waits.Sort();
        Print($"{detail}: a work item beside {Scrapes} scrapes, yielding {yields}: waits {waits[waits.Count / 2]:F2} ms median, {waits[^1]:F1} ms at most, {waits.Count} items");
    }

    private static void MeasureDescriptors()
    {
        // The count takes one too, so this needs a limit above: ulimit -n 19100.
        List<FileStream> open =
        [
            .. Enumerable.Range(0, 19_000).Select(_ => new FileStream("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)),
        ];

        for (var round = 0; round < 3; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var count = DescriptorCount.ReadSize();
            var size = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            new DescriptorCount(TimeProvider.System).ReadList();
            Print($"count of {count} descriptors: {size.TotalMilliseconds:F2} ms, listed {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        }

        open.ForEach(file => file.Dispose());
    }

    internal static (ExporterMetrics Metrics, TargetSet Targets) Create(MetricsDetail detail)
    {
        var targets = new TargetSet(TimeProvider.System, detail);
        return (new ExporterMetrics(targets, detail, TimeProvider.System), targets);
    }

    internal static ImmutableArray<double> BoundsOf(MetricsDetail detail) => Bounds[detail];

    internal static TargetConfig Target(int number, MetricsDetail detail)
    {
        if (!ZmtpEndpoint.TryParse("tcp://orders.internal:5555", out var endpoint, out var error))
        {
            throw new InvalidOperationException(error);
        }

        var module = new ModuleConfig(
            "ping",
            TimeSpan.FromSeconds(15),
            TimeSpan.FromSeconds(2),
            MessagingClient.Zmtp,
            new PolicyConfig(),
            new SecurityConfig.Null(),
            new RequestProberConfig(SocketType.Req, Persistent: true, []))
        {
            Buckets = BoundsOf(detail),
        };
        var labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("team", "trading");
        return new TargetConfig($"orders-{number:D5}", endpoint, module, labels);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
