using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Metrics;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>Very many targets on one exporter: what a probe costs in CPU time and a target in memory, all parts included but the scrape.</summary>
internal static class ScaleBenchmark
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(int count, MetricsDetail detail)
    {
        using var server = new ServerProcess();
        using var self = Process.GetCurrentProcess();
        var heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        using var timers = new TimerQueue(TimeProvider.System);
        var metrics = new ExporterMetrics(new MetricsConfig { Detail = detail }, [], TimeProvider.System);
        var factory = new ProberFactory(new ZmtpClient(new ZmtpContext(timers, new NameResolver())), TimeProvider.System);
        var targets = Enumerable.Range(0, count).Select(i => BenchmarkTargets.Ping($"target-{i}", server.Endpoint, Interval)).ToArray();
        var instruments = targets.ToDictionary(target => target, metrics.CreateTarget);
        var heapOfMetrics = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        using var scheduler = new ProbeScheduler(
            new ExporterConfig { Targets = [.. targets] },
            factory.Create,
            target => instruments[target],
            metrics.Exporter,
            timers,
            new SchedulerHealth(timers, new MeasurementError(timers.Time)),
            NullLoggerFactory.Instance);
        await scheduler.StartAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(2 + (count / 1000.0)), TimeProvider.System);

        var before = Take(self, scheduler);
        await Task.Delay(Measured, TimeProvider.System);
        var after = Take(self, scheduler);
        var heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore - heapOfMetrics;

        var probes = after.Probes - before.Probes;
        var cpu = after.Cpu - before.Cpu;
        var snapshots = scheduler.Targets.ToList();
        Console.WriteLine($"targets {count}, metrics {detail}: {probes / Measured.TotalSeconds:0} probes/s, {snapshots.Count(target => target.State == Policy.TargetState.Up)} up, {after.Skipped} skipped");
        Console.WriteLine($"CPU {cpu.TotalMicroseconds / probes:0.0} µs a probe, {100 * cpu.TotalSeconds / Measured.TotalSeconds:0} % of one core");
        Console.WriteLine($"allocated {(after.Allocated - before.Allocated) / (double)probes:0} bytes a probe");
        Console.WriteLine($"managed memory of a target: {heap / count} bytes to probe it, {heapOfMetrics / count} bytes for its series; resident {Environment.WorkingSet / (1 << 20)} MiB");
        Console.WriteLine($"descriptors: {Directory.GetFiles("/proc/self/fd").Length}");
        await scheduler.StopAsync(CancellationToken.None);
    }

    private static (long Probes, long Skipped, TimeSpan Cpu, long Allocated) Take(Process self, ProbeScheduler scheduler)
    {
        self.Refresh();
        var snapshots = scheduler.Targets.ToList();
        return (snapshots.Sum(target => target.Probes), snapshots.Sum(target => target.Skipped), self.TotalProcessorTime, GC.GetTotalAllocatedBytes());
    }
}
