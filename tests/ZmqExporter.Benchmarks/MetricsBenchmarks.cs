using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using ZmqExporter.Metrics;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>What metrics cost: a record, a target's memory, a scrape of 10,000 targets, and what scrapes do to other work.</summary>
internal static class MetricsBenchmarks
{
    private const int Targets = 10_000;
    private const int Records = 2_000_000;
    private const int Scrapes = 4;

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
        foreach (var detail in Enum.GetValues<MetricsDetail>())
        {
            MeasureRecord(detail);
            var metrics = MeasureMemory(detail, out var instruments);
            await MeasureScrape(metrics, detail);
            await MeasureDisturbance(metrics, detail, yields: false);
            await MeasureDisturbance(metrics, detail, yields: true);
            GC.KeepAlive(instruments);
        }

        MeasureDescriptors();
    }

    private static void MeasureRecord(MetricsDetail detail)
    {
        using var target = Create(detail).CreateTarget(Target(0));
        var up = new PolicyState { State = TargetState.Up };
        var suspect = new PolicyState { State = TargetState.Suspect, Misses = 1 };
        for (var round = 0; round < 2; round++) // the first one warms up
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Records; i++)
            {
                target.RecordProbe(Answer, up, up, flapping: false);
            }

            var answers = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Records / 2; i++)
            {
                target.RecordProbe(Miss, up, suspect, flapping: false);
                target.RecordProbe(Answer, suspect, up, flapping: false);
            }

            var changes = Stopwatch.GetElapsedTime(start);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (round > 0)
            {
                Print($"{detail}: RecordProbe {answers.TotalNanoseconds / Records:F0} ns, with a change each time {changes.TotalNanoseconds / Records:F0} ns, {allocated / (2.0 * Records):F3} B");
            }
        }
    }

    private static ExporterMetrics MeasureMemory(MetricsDetail detail, out List<TargetInstruments> instruments)
    {
        var metrics = Create(detail);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        instruments = [.. Enumerable.Range(0, Targets).Select(i => metrics.CreateTarget(Target(i)))];
        var took = Stopwatch.GetElapsedTime(start);
        foreach (var target in instruments)
        {
            target.RecordProbe(Answer, default, new PolicyState { State = TargetState.Up }, flapping: false);
        }

        Print($"{detail}: {Targets} targets in {took.TotalMilliseconds:F0} ms, {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / Targets:F1} kB a target");
        return metrics;
    }

    private static async Task MeasureScrape(ExporterMetrics metrics, MetricsDetail detail)
    {
        for (var round = 0; round < 3; round++)
        {
            var counter = new CountingStream();
            var allocated = GC.GetTotalAllocatedBytes();
            var start = Stopwatch.GetTimestamp();
            await metrics.WriteAsync(new YieldingStream(counter), MetricsFormat.Text, CancellationToken.None);
            var plain = Stopwatch.GetElapsedTime(start);
            allocated = GC.GetTotalAllocatedBytes() - allocated;

            var packed = new CountingStream();
            start = Stopwatch.GetTimestamp();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                await metrics.WriteAsync(new YieldingStream(gzip), MetricsFormat.OpenMetrics, CancellationToken.None);
            }

            var compressed = Stopwatch.GetElapsedTime(start);
            Print($"{detail}: scrape {plain.TotalMilliseconds:F0} ms, {counter.Lines} lines, {counter.Bytes / 1e6:F1} MB, allocates {allocated / 1024.0:F0} kB; gzip {compressed.TotalMilliseconds:F0} ms, {packed.Bytes / 1e6:F1} MB");
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

    internal static ExporterMetrics Create(MetricsDetail detail) => new(new MetricsConfig { Detail = detail }, ["team"], TimeProvider.System);

    internal static TargetConfig Target(int number)
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
            new RequestProberConfig(SocketType.Req, Persistent: true, []));
        var labels = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("team", "trading");
        return new TargetConfig($"orders-{number:D5}", endpoint, module, labels);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
