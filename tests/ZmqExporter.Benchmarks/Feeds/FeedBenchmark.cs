using System.Diagnostics;
using System.Globalization;
using ZmqExporter.Benchmarks.Soak;

namespace ZmqExporter.Benchmarks.Feeds;

/// <summary>
/// The real executable subscribes to a feed that sends at a steady rate, and looks into each message: is every one counted or said to be lost, is
/// the memory flat, and what does a message cost beside one that nobody looks into?
/// </summary>
internal static class FeedBenchmark
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="seconds">How long each feed sends.</param>
    /// <param name="rate">Messages a second.</param>
    /// <param name="only">One form's name; null for all.</param>
    /// <returns>0 when all messages are accounted for wherever that can be known.</returns>
    public static async Task<int> RunAsync(int seconds, int rate, string? only)
    {
        Print($"{rate} messages a second for {seconds} s; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
        double? plain = null;
        var unaccounted = 0.0;
        foreach (var form in FeedForm.All.Where(form => only is null || form.Name == only || form.Name == "plain"))
        {
            var figures = await RunAsync(form, seconds, rate);
            plain ??= figures.MicrosecondsAMessage;
            unaccounted += form.HasSequence ? Math.Abs(figures.Unaccounted) : 0;
            Print($"{form.Title}: sent {figures.Sent:0}, counted {figures.Counted:0}, said to be lost {(form.HasSequence ? Text($"{figures.Lost:0}, unaccounted {figures.Unaccounted:0}") : "unknown")}");
            Print($"    resident {figures.ResidentAtThird / 1048576:0.0} MiB at a third, {figures.ResidentAtEnd / 1048576:0.0} MiB at the end; CPU {figures.MicrosecondsAMessage:0.00} µs a message, {figures.MicrosecondsAMessage / plain:0.0} times that of the first; {figures.Note}");
        }

        return unaccounted == 0 ? 0 : 1;
    }

    private static async Task<FeedFigures> RunAsync(FeedForm form, int seconds, int rate)
    {
        using var publisher = new ServerProcess(FeedPublisher.Argument, form.Name, $"{rate}", $"{seconds}");
        var config = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(config, Config(publisher.Endpoint, form));
            using var exporter = await ExporterUnderLoad.StartAsync(config);
            using var process = Process.GetProcessById(exporter.Id);
            _ = await publisher.ReadLineAsync();
            await Task.Delay(TimeSpan.FromSeconds(seconds / 3.0), TimeProvider.System);
            var (third, atThird, cpuAtThird) = await TakeAsync(exporter, process);
            var sent = double.Parse((await publisher.ReadLineAsync())["sent ".Length..], CultureInfo.InvariantCulture);
            await Task.Delay(Settling, TimeProvider.System);
            var (end, atEnd, cpuAtEnd) = await TakeAsync(exporter, process);
            var counted = Of(end, "zmq_subscription_messages_total");
            var samples = end.All.Count(sample => sample.Name.StartsWith("bench_", StringComparison.Ordinal));
            var misses = Of(end, "zmq_probe_misses_total");
            return new FeedFigures(
                sent,
                counted,
                Of(end, "zmq_subscription_lost_messages_total"),
                atThird.ResidentBytes,
                atEnd.ResidentBytes,
                1e6 * (cpuAtEnd - cpuAtThird) / (counted - Of(third, "zmq_subscription_messages_total")),
                Text($"{samples} values, {misses:0} misses"));
        }
        finally
        {
            File.Delete(config);
        }
    }

    private static async Task<(MetricSamples Samples, ExporterFigures Figures, double Cpu)> TakeAsync(ExporterUnderLoad exporter, Process process)
    {
        process.Refresh();
        var cpu = process.TotalProcessorTime.TotalSeconds;
        var samples = await exporter.ScrapeAsync();
        return (samples, ExporterFigures.Take(0, exporter.Id, samples), cpu);
    }

    private static double Of(MetricSamples samples, string name) => samples.Value(name, ("module", "feed")) ?? 0;

    private static string Config(string endpoint, FeedForm form) => $$"""
        modules:
          feed:
            prober: subscribe
            topics: [trade]
            max_silence: 5s
            interval: 1s
            timeout: 500ms
            policy: {late_after: 200ms}{{form.Mapping}}
        targets:
        - {name: feed, endpoint: "{{endpoint}}", modules: [feed]}
        """;

    private static void Print(FormattableString text) => Console.WriteLine(Text(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record FeedFigures(
        double Sent, double Counted, double Lost, double ResidentAtThird, double ResidentAtEnd, double MicrosecondsAMessage, string Note)
    {
        public double Unaccounted => Sent - Counted - Lost;
    }
}
