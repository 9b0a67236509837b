using System.Diagnostics;
using System.Globalization;
using System.Net;
using ZmqExporter.Benchmarks.Soak;

namespace ZmqExporter.Benchmarks.Reloads;

/// <summary>
/// A storm of reloads: the real executable probes many targets each second and is scraped, while its configuration is replaced again and again, as fast
/// as it answers. Counts what the targets noticed that stay, and what the process holds.
/// </summary>
internal static class ReloadBenchmark
{
    private static readonly TimeSpan ScrapeEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <summary>Runs it.</summary>
    /// <returns>0 when the targets that stay noticed nothing and nothing leaked.</returns>
    public static async Task<int> RunAsync(int reloads, int targets)
    {
        using var server = new ServerProcess();
        using var files = new ReloadFiles(server.Endpoint, targets);
        using var exporter = await ExporterUnderLoad.StartAsync(files.ConfigFile, "--web.enable-lifecycle");
        using var end = new CancellationTokenSource();
        var readers = exporter.ReadBeside(end.Token);
        await Task.Delay(Settling, TimeProvider.System);

        var ledger = new ReloadLedger();
        var figures = new List<ExporterFigures>();
        var start = Stopwatch.GetTimestamp();
        using var done = new CancellationTokenSource();
        var watching = WatchAsync();
        var (durations, wrong) = await StormAsync(exporter, files, reloads);
        var storm = Stopwatch.GetElapsedTime(start);
        await done.CancelAsync();
        await watching;
        await Task.Delay(Settling, TimeProvider.System);
        await TakeAsync();
        await end.CancelAsync();
        await readers;

        Print($"{targets} targets of one second; {durations.Count} reloads in {storm.TotalSeconds:0} s, {wrong} with another answer than they should have");
        Print($"a reload: {durations[durations.Count / 2].TotalMilliseconds:0} ms in the middle, {durations[durations.Count * 99 / 100].TotalMilliseconds:0} ms for 99 %, {durations[^1].TotalMilliseconds:0} ms at most");
        ledger.Print();
        Console.WriteLine(exporter.Reading);
        var (before, after) = (figures[0], figures[^1]);
        Print($"before the storm and after it: {before.Descriptors:0} and {after.Descriptors:0} descriptors, {before.Threads:0} and {after.Threads:0} threads, {Mebibytes(before.ManagedBytes)} and {Mebibytes(after.ManagedBytes)} MiB managed, {Mebibytes(before.ResidentBytes)} and {Mebibytes(after.ResidentBytes)} MiB resident");
        var exit = await exporter.StopAsync();
        Print($"exit code after SIGTERM: {exit}");
        return wrong == 0 && ledger.IsClean && after.Descriptors <= before.Descriptors + 10 && exit == 0 ? 0 : 1;

        async Task WatchAsync()
        {
            while (!done.IsCancellationRequested)
            {
                await TakeAsync();
                await Task.WhenAny(Task.Delay(ScrapeEvery, TimeProvider.System), Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, done.Token));
            }
        }

        async Task TakeAsync()
        {
            var samples = await exporter.ScrapeAsync();
            ledger.Take(Stopwatch.GetElapsedTime(start), samples);
            figures.Add(ExporterFigures.Take(Stopwatch.GetElapsedTime(start).TotalSeconds, exporter.Id, samples));
        }
    }

    private static async Task<(List<TimeSpan> Durations, int Wrong)> StormAsync(ExporterUnderLoad exporter, ReloadFiles files, int reloads)
    {
        var durations = new List<TimeSpan>();
        var wrong = 0;
        for (var i = 0; i < reloads; i++)
        {
            var isGood = files.Change(i);
            var begin = Stopwatch.GetTimestamp();
            var status = await exporter.PostAsync("/-/reload");
            durations.Add(Stopwatch.GetElapsedTime(begin));
            wrong += status == (isGood ? HttpStatusCode.OK : HttpStatusCode.InternalServerError) ? 0 : 1;
        }

        durations.Sort();
        return (durations, wrong);
    }

    private static string Mebibytes(double bytes) => (bytes / (1 << 20)).ToString("0", CultureInfo.InvariantCulture);

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
