using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ZmqExporter.Configuration;
using ZmqExporter.Content;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter.Benchmarks;

/// <summary>One publisher that floods a subscription while other targets are probed: is every message counted, and does anybody else suffer?</summary>
internal static class FloodBenchmark
{
    private const int Others = 200;
    private const int Seconds = 10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(int rate, MessagingClient client)
    {
        using var server = new ServerProcess();
        using var publisher = new ServerProcess(FloodPublisher.Argument, $"{rate}", $"{Seconds}");
        using var self = Process.GetCurrentProcess();
        using var timers = new TimerQueue(TimeProvider.System);
        var targets = new TargetSet(TimeProvider.System);
        var metrics = new ExporterMetrics(targets, MetricsDetail.Full, TimeProvider.System);
        var context = new ZmtpContext(timers, new NameResolver());
        var own = new ZmtpClient(context);
        using var netMq = client == MessagingClient.NetMq ? new NetMqClient(own, context, new WorkerSettings(NullLogger.Instance) { Program = [BuiltProgram.Path("ZmqExporter", "zmq_exporter")] }) : null;
        var factory = new ProberFactory(own, TimeProvider.System, netMq);
        var interval = TimeSpan.FromSeconds(1);
        using var scheduler = new ProbeScheduler(
            new ExporterConfig { Targets = [.. Enumerable.Range(0, Others).Select(i => BenchmarkTargets.Ping($"target-{i}", server.Endpoint, interval))] },
            factory.CreateScheduled,
            targets,
            metrics.Self,
            timers,
            new SchedulerHealth(timers, new MeasurementError(timers.Time)),
            NullLoggerFactory.Instance);
        await scheduler.StartAsync(CancellationToken.None);
        await Task.Delay(WarmUp, TimeProvider.System);
        GC.Collect();
        var memory = Environment.WorkingSet;
        var peak = memory;

        var quiet = await TakeAsync(self, metrics);
        await Task.Delay(Quiet, TimeProvider.System);
        var start = await TakeAsync(self, metrics);
        scheduler.Add([Subscription(publisher.Endpoint, client)]);
        var over = publisher.ReadLineAsync();
        while (!over.IsCompleted)
        {
            await Task.WhenAny(over, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System));
            peak = Math.Max(peak, Environment.WorkingSet);
        }

        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        var end = await TakeAsync(self, metrics);
        var sent = double.Parse((await over)["sent ".Length..], CultureInfo.InvariantCulture);
        var received = end["zmq_subscription_messages_total"];
        var lost = end["zmq_subscription_lost_messages_total"];
        var background = (start["cpu"] - quiet["cpu"]) / Quiet.TotalSeconds * (end["time"] - start["time"]);
        var cpu = end["cpu"] - start["cpu"] - background;
        Console.WriteLine(Text($"sent {sent:0} in {Seconds} s ({sent / Seconds:0}/s), received {received:0}, counted as lost {lost:0}, unaccounted {sent - received - lost:0}"));
        Console.WriteLine(Text($"CPU {1e6 * cpu / received:0.00} µs a message, {100 * cpu / Seconds:0} % of one core"));
        Console.WriteLine(Text($"memory: {memory >> 20} MiB before, {peak >> 20} MiB at most during the flood"));
        Console.WriteLine(Text($"probes of {Others} other targets: skipped {end["zmq_exporter_probes_skipped_total"]:0}, missed {end["zmq_probe_misses_total"]:0}"));
        Console.WriteLine($"start against due time, before: {Delays(quiet, start)}");
        Console.WriteLine($"start against due time, flood:  {Delays(start, end)}");
        await scheduler.StopAsync(CancellationToken.None);
    }

    private static TargetConfig Subscription(string endpoint, MessagingClient client)
    {
        var ping = BenchmarkTargets.Ping("flood", endpoint, TimeSpan.FromSeconds(1));
        var prober = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), [])
        {
            Sequence = SequenceConfig.OfFrame(1, new BinaryNumber(BinaryKind.Unsigned, 8, IsBigEndian: false)),
        };
        return ping with { Module = ping.Module with { Name = "stream", Prober = prober, Client = client } };
    }

    private static string Delays(Dictionary<string, double> from, Dictionary<string, double> to)
    {
        double Count(string name) => to[name] - from[name];
        var all = Count("zmq_exporter_schedule_delay_seconds_count");
        var shares = ((string[])["0.001", "0.005", "0.025", "0.1"])
            .Select(bound => Text($"{100 * Count($"zmq_exporter_schedule_delay_seconds_bucket{{le=\"{bound}\"}}") / all:0.0} % within {bound} s"));
        return string.Join(", ", shares);
    }

    // Every sample, summed over the targets' labels, with what the process used.
    private static async Task<Dictionary<string, double>> TakeAsync(Process self, ExporterMetrics metrics)
    {
        using var stream = new MemoryStream();
        await metrics.WriteAsync(stream, MetricsFormat.Text, CancellationToken.None);
        self.Refresh();
        var samples = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["cpu"] = self.TotalProcessorTime.TotalSeconds,
            ["time"] = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency,
            ["zmq_subscription_messages_total"] = 0,
            ["zmq_subscription_lost_messages_total"] = 0,
        };
        foreach (var line in Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var value = line.LastIndexOf(' ');
            var labels = line.IndexOf('{', StringComparison.Ordinal);
            var name = labels >= 0 && line.Contains("target=", StringComparison.Ordinal) ? line[..labels] : line[..value];
            samples[name] = samples.GetValueOrDefault(name) + double.Parse(line[value..], CultureInfo.InvariantCulture);
        }

        return samples;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
