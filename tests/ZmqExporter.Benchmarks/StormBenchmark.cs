using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Metrics;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// Thousands of targets that fail all at once and come back: how many connections each probe costs, whether healthy targets are probed as
/// ever, and how long it takes until all have answered again. Counts the connections of the whole network namespace, so it wants one of its own.
/// </summary>
internal static class StormBenchmark
{
    private const int Neighbours = 20;
    private const int Stop = 19; // SIGSTOP
    private const int Continue = 18; // SIGCONT

    private static readonly string[] Kinds = ["refused", "black-holed", "silent", "frozen"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <param name="count">How many targets.</param>
    /// <param name="interval">Between the probes of one.</param>
    /// <param name="isOneAddress">Whether all have the same address; otherwise each has its own.</param>
    /// <param name="kind">What happens to them; "all" for one after the other.</param>
    public static async Task RunAsync(int count, TimeSpan interval, bool isOneAddress, string kind)
    {
        foreach (var one in Kinds.Where(one => kind is "all" || kind == one))
        {
            await RunAsync(count, interval, isOneAddress ? _ => "127.0.0.1" : AddressOf, one);
        }
    }

    private static async Task RunAsync(int count, TimeSpan interval, Func<int, string> address, string kind)
    {
        using var neighbours = new ServerProcess();
        using var server = StartServer();
        var port = await server.StandardOutput.ReadLineAsync();
        using var self = Process.GetCurrentProcess();
        using var timers = new TimerQueue(TimeProvider.System);
        var targets = new TargetSet(TimeProvider.System);
        var metrics = new ExporterMetrics(targets, MetricsDetail.Lean, TimeProvider.System);
        var factory = new ProberFactory(new ZmtpClient(new ZmtpContext(timers, new NameResolver())), TimeProvider.System);
        var stormy = Enumerable.Range(0, count).Select(i => Stormy($"storm-{i}", $"tcp://{address(i)}:{port}", interval));
        var healthy = Enumerable.Range(0, Neighbours).Select(i => BenchmarkTargets.Ping($"healthy-{i}", neighbours.Endpoint, TimeSpan.FromSeconds(1)));
        await Warmup.RunAsync(factory, [], CancellationToken.None);
        using var scheduler = new ProbeScheduler(
            new ExporterConfig { Targets = [.. healthy, .. stormy] },
            factory.CreateScheduled,
            targets,
            metrics.Self,
            timers,
            new SchedulerHealth(timers, new MeasurementError(timers.Time)),
            NullLoggerFactory.Instance);
        await scheduler.StartAsync(CancellationToken.None);
        Require(await UntilAsync(targets, Patience, target => target.State == TargetState.Up) is not null, "not all targets came up");

        var before = Figures.Take(targets, self);
        await BeginAsync(server, kind);
        var storm = TimeSpan.FromSeconds(Math.Max(20, 6 * interval.TotalSeconds));
        await Task.Delay(storm, TimeProvider.System);
        var after = Figures.Take(targets, self);
        var down = targets.Snapshots().Count(target => IsStormy(target) && target.State == TargetState.Down);
        await EndAsync(server, kind);
        var back = TimeProvider.System.GetUtcNow();
        var recovered = await UntilAsync(targets, Patience, target => target.LastProbe > back && target.LastResult is { Reason: null });
        var end = Figures.Take(targets, self);

        var probes = after.Stormy - before.Stormy;
        Console.WriteLine(Text($"{kind}, {count} targets every {interval.TotalSeconds:0.#} s: {probes} probes, {after.Connects - before.Connects} connections, {(double)(after.Connects - before.Connects) / probes:0.00} a probe; {after.StormySkipped - before.StormySkipped} skipped; {down} down"));
        Console.WriteLine(Text($"  CPU {100 * (after.Cpu - before.Cpu).TotalSeconds / storm.TotalSeconds:0} % of one core; healthy: {(after.Healthy - before.Healthy) / storm.TotalSeconds:0.0} probes/s of {Neighbours}, {end.HealthyMisses - before.HealthyMisses} misses, {end.HealthySkipped - before.HealthySkipped} skipped"));
        Console.WriteLine(recovered is { } time
            ? Text($"  all answered again after {time.TotalSeconds / interval.TotalSeconds:0.00} intervals")
            : Text($"  not all answered again: {targets.Snapshots().Count(target => target.LastResult is not { Reason: null })} did not"));
        await scheduler.StopAsync(CancellationToken.None);
        server.Kill();
        await server.WaitForExitAsync();
    }

    private static async Task BeginAsync(Process server, string kind)
    {
        if (kind == "frozen")
        {
            Signal(server.Id, Stop);
        }
        else
        {
            await OrderAsync(server, kind switch { "refused" => "refuse", "black-holed" => "hole", _ => "silent" });
        }
    }

    private static async Task EndAsync(Process server, string kind)
    {
        if (kind == "frozen")
        {
            Signal(server.Id, Continue);
        }
        else
        {
            await OrderAsync(server, "serve");
        }
    }

    private static async Task OrderAsync(Process server, string order)
    {
        await server.StandardInput.WriteLineAsync(order);
        await server.StandardInput.FlushAsync();
        await server.StandardOutput.ReadLineAsync();
    }

    private static Process StartServer() => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [StormServer.Argument])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;

    // Each target has a loopback address of its own.
    private static string AddressOf(int index) => Text($"127.{1 + (index >> 16)}.{(index >> 8) & 255}.{index & 255}");

    private static TargetConfig Stormy(string name, string endpoint, TimeSpan interval)
    {
        var ping = BenchmarkTargets.Ping(name, endpoint, interval);
        return ping with { Module = ping.Module with { Prober = LoopbackPeer.Echo, Timeout = TimeSpan.FromSeconds(Math.Min(2, interval.TotalSeconds / 2)) } };
    }

    private static bool IsStormy(TargetSnapshot target) => target.Config.Name.StartsWith("storm", StringComparison.Ordinal);

    private static async Task<TimeSpan?> UntilAsync(TargetSet targets, TimeSpan patience, Func<TargetSnapshot, bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!targets.Snapshots().Where(IsStormy).All(condition))
        {
            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                return null;
            }

            await Task.Delay(Look, TimeProvider.System);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private static void Signal(int process, int signal) => Require(kill(process, signal) == 0, "the signal was not sent");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

#pragma warning disable SA1300 // the C library's name
    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int process, int signal);
#pragma warning restore SA1300

    private readonly record struct Figures(
        long Stormy, long StormySkipped, long Healthy, long HealthyMisses, long HealthySkipped, long Connects, TimeSpan Cpu)
    {
        public static Figures Take(TargetSet targets, Process self)
        {
            self.Refresh();
            var all = targets.Snapshots().ToLookup(IsStormy);
            return new Figures(
                all[true].Sum(target => target.Probes),
                all[true].Sum(target => target.Skipped),
                all[false].Sum(target => target.Probes),
                all[false].Sum(target => target.ConsecutiveMisses),
                all[false].Sum(target => target.Skipped),
                ActiveOpens(),
                self.TotalProcessorTime);
        }

        private static long ActiveOpens()
        {
            var lines = File.ReadLines("/proc/self/net/snmp").Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToArray();
            return long.Parse(lines[1][Array.IndexOf(lines[0], "ActiveOpens")], CultureInfo.InvariantCulture);
        }
    }
}
