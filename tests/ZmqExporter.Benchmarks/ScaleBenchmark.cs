using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>Very many targets on one exporter that is scraped: what a probe costs in CPU time, a target in memory, and a scrape in time.</summary>
internal static class ScaleBenchmark
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(60); // .NET compiles again what runs often: who runs for months pays for that once
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ScrapeEvery = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(int count, MetricsDetail detail)
    {
        using var server = new ServerProcess();
        using var self = Process.GetCurrentProcess();
        using var timers = new TimerQueue(TimeProvider.System);
        var targets = new TargetSet(TimeProvider.System, detail);
        var metrics = new ExporterMetrics(targets, detail, TimeProvider.System);
        var factory = new ProberFactory(new ZmtpClient(new ZmtpContext(timers, new NameResolver())), TimeProvider.System);
        var module = BenchmarkTargets.Ping("module", server.Endpoint, Interval, detail).Module; // one for all, as in a file
        var configs = Enumerable.Range(0, count)
            .Select(i => BenchmarkTargets.Ping($"target-{i}", server.Endpoint, Interval, detail) with { Module = module })
            .ToArray();
        await ScrapeAsync(metrics); // warms it up
        var heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        var residentBefore = Resident(self);
        using var scheduler = new ProbeScheduler(
            new ExporterConfig { Targets = [.. configs] },
            factory.CreateScheduled,
            targets,
            metrics.Self,
            timers,
            new SchedulerHealth(timers, new MeasurementError(timers.Time)),
            NullLoggerFactory.Instance);
        await scheduler.StartAsync(CancellationToken.None);
        await Task.Delay(Warmup + TimeSpan.FromSeconds(count / 1000.0), TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            await ScrapeAsync(metrics); // as Prometheus has done by then
        }


        var before = Take(self, targets);
        var scrapes = new List<(TimeSpan Took, long Series)>();
        for (var passed = TimeSpan.Zero; passed < Measured; passed += ScrapeEvery)
        {
            scrapes.Add(await ScrapeAsync(metrics));
            await Task.Delay(ScrapeEvery, TimeProvider.System);
        }

        var after = Take(self, targets);
        var resident = Resident(self) - residentBefore;
        var heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        var probes = after.Probes - before.Probes;
        var snapshots = targets.Snapshots();
        Print($"targets {count}, metrics {detail}: {probes / after.At.Subtract(before.At).TotalSeconds:0} probes/s, {snapshots.Count(target => target.State == TargetState.Up)} up, {snapshots.Sum(target => target.Misses)} misses, {after.Skipped} skipped");
        var cpu = (after.Cpu - before.Cpu).TotalMicroseconds / probes;
        Print($"CPU {cpu:0.0} µs a probe, with a scrape every {ScrapeEvery.TotalSeconds:0} s");
        Print($"allocated {(after.Allocated - before.Allocated) / (double)probes:0} bytes a probe");
        Print($"collections: {after.Collections - before.Collections}, which stopped it for {(after.Pauses - before.Pauses).TotalMicroseconds / probes:0.00} µs a probe");
        Print($"a target: {heap / count} bytes managed, {resident / count} bytes resident; the process {(resident + residentBefore) >> 20} MiB");
        Print($"schedule delay: 99 % within {await ScheduleDelayAsync(metrics, 0.99)} s");
        Print($"scrapes: {scrapes.Max(scrape => scrape.Took).TotalMilliseconds:0} ms at most, {scrapes[^1].Series / count} series a target");
        Print($"descriptors: {Directory.GetFiles("/proc/self/fd").Length}");
        await scheduler.StopAsync(CancellationToken.None);
        await CompareAsync(server.Endpoint, count, cpu);
    }

    // In the same run, because a machine is never twice the same.
    private static async Task CompareAsync(string endpoint, int count, double cpu)
    {
        if (await EpollBaseline.RunAsync(endpoint, count, Measured) is not { } baseline)
        {
            Console.WriteLine("no C compiler (cc): not compared with the baseline");
            return;
        }

        Print($"one thread of C on epoll (Baseline/epoll_baseline.c): CPU {baseline.Microseconds:0.0} µs a probe, {baseline.Missed} of {baseline.Probes} missed; the exporter takes {cpu / baseline.Microseconds:0.0} times that");
    }

    private static long Resident(Process self)
    {
        self.Refresh();
        return self.WorkingSet64;
    }

    // As the endpoint renders it: compressed, and letting others run.
    private static async Task<(TimeSpan Took, long Series)> ScrapeAsync(ExporterMetrics metrics)
    {
        var start = Stopwatch.GetTimestamp();
        await using var sink = new CountingStream();
        await using (var packed = new GZipStream(sink, CompressionLevel.Fastest))
        {
            await metrics.WriteAsync(new YieldingStream(packed), MetricsFormat.Text, CancellationToken.None);
        }

        var took = Stopwatch.GetElapsedTime(start);
        await using var plain = new CountingStream();
        await metrics.WriteAsync(plain, MetricsFormat.Text, CancellationToken.None);
        return (took, plain.Lines);
    }

    // The least bound of the histogram below which this share of the probes began.
    private static async Task<string> ScheduleDelayAsync(ExporterMetrics metrics, double share)
    {
        using var text = new MemoryStream();
        await metrics.WriteAsync(text, MetricsFormat.Text, CancellationToken.None);
        var buckets = Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .Where(line => line.StartsWith(MetricNames.ScheduleDelay + "_bucket", StringComparison.Ordinal))
            .Select(line => (Bound: line.Split('"')[1], Count: double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)))
            .ToList();
        return buckets.First(bucket => bucket.Count >= share * buckets[^1].Count).Bound;
    }

    private static (DateTimeOffset At, long Probes, long Skipped, TimeSpan Cpu, long Allocated, int Collections, TimeSpan Pauses) Take(Process self, TargetSet targets)
    {
        self.Refresh();
        var snapshots = targets.Snapshots();
        return (
            TimeProvider.System.GetUtcNow(),
            snapshots.Sum(target => target.Probes),
            snapshots.Sum(target => target.Skipped),
            self.TotalProcessorTime,
            GC.GetTotalAllocatedBytes(),
            GC.CollectionCount(0),
            GC.GetTotalPauseDuration());
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
