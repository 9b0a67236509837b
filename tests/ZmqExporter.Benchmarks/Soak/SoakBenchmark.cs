using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>
/// The real executable over a long time, with targets that come, go, hang, recover and lie, and with scrapes and browsers beside them. It
/// judges every state and reason, compares the counters with the servers' own, and prints how descriptors, threads and memory change.
/// </summary>
internal static class SoakBenchmark
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ScrapeEvery = TimeSpan.FromSeconds(5);

    /// <summary>Runs it.</summary>
    /// <returns>0 when all was right.</returns>
    public static async Task<int> RunAsync(double minutes, int count, int seed)
    {
        var random = new Random(seed);
        using var lateness = new OwnLateness();
        var servers = Enumerable.Range(0, count).Select(i => new SoakServer($"t{i}")).ToList();
        var untouched = servers.Take(count / 10).ToList(); // healthy all the time
        var touched = servers.Skip(untouched.Count).ToList();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Config(servers));
        using var exporter = await ExporterUnderLoad.StartAsync(file);
        Console.WriteLine($"{count} targets, {minutes} minutes, seed {seed}");
        using var end = new CancellationTokenSource();
        var readers = exporter.ReadBeside(end.Token);

        var judge = new SoakJudge(servers, lateness);
        var figures = new List<ExporterFigures>();
        var start = Stopwatch.GetTimestamp();
        var faults = await PlayAsync(TimeSpan.FromMinutes(minutes), touched, random, async now =>
        {
            var asked = Stopwatch.GetTimestamp();
            var samples = await exporter.ScrapeAsync();
            judge.Judge(samples, asked);
            figures.Add(ExporterFigures.Take(now.TotalSeconds, exporter.Id, samples));
        });
        await Task.Delay(SoakTimes.Settled + SoakTimes.Settled, TimeProvider.System);
        var last = await exporter.ScrapeAsync();
        judge.Judge(last, Stopwatch.GetTimestamp());
        await end.CancelAsync();
        await readers;

        Console.WriteLine($"injected faults: {faults}; states and reasons judged: {judge.Judged}, wrong: {judge.Wrong}, wrong while the servers' process was late itself: {judge.Excused}");
        foreach (var kind in judge.Kinds)
        {
            Console.WriteLine($"  {kind}");
        }

        var differ = SoakLedger.Print(servers, last);
        var missed = PrintUntouched(untouched, last);
        Console.WriteLine($"this process was late more than {SoakTimes.OwnLateness.TotalMilliseconds:0} ms: {lateness.Count} times, at worst {lateness.Worst.TotalMilliseconds:0} ms");
        Console.WriteLine(exporter.Reading);
        ExporterFigures.Print(figures);
        Console.WriteLine($"CPU of the exporter: {100 * (last.Value("process_cpu_seconds_total") ?? 0) / Stopwatch.GetElapsedTime(start).TotalSeconds:0} % of one core");
        var exit = await exporter.StopAsync();
        Console.WriteLine($"exit code after SIGTERM: {exit}");
        foreach (var server in servers)
        {
            server.Dispose();
        }

        File.Delete(file);
        return judge.Wrong == 0 && differ == 0 && exit == 0 && (missed == 0 || lateness.Worst > SoakTimes.Timeout) ? 0 : 1;
    }

    /// <summary>Makes servers ill and well again, and all of them well at the end.</summary>
    /// <returns>How many faults that were.</returns>
    private static async Task<int> PlayAsync(TimeSpan duration, List<SoakServer> servers, Random random, Func<TimeSpan, Task> scrape)
    {
        var until = servers.ToDictionary(server => server, _ => TimeSpan.FromSeconds(random.NextDouble() * 20));
        var (faults, lastScrape, start) = (0, TimeSpan.Zero, Stopwatch.GetTimestamp());
        for (var now = TimeSpan.Zero; now < duration; now = Stopwatch.GetElapsedTime(start))
        {
            foreach (var server in servers.Where(server => until[server] <= now))
            {
                var mode = server.Mode == SoakMode.Healthy ? SoakMode.Faults[random.Next(SoakMode.Faults.Count)] : SoakMode.Healthy;
                faults += mode == SoakMode.Healthy ? 0 : 1;
                server.Become(mode);
                until[server] = now + SoakTimes.Settled + (random.NextDouble() * SoakTimes.LongestStay);
            }

            if (now - lastScrape >= ScrapeEvery)
            {
                lastScrape = now;
                await scrape(now);
            }

            await Task.Delay(Tick, TimeProvider.System);
        }

        servers.ForEach(server => server.Become(SoakMode.Healthy));
        return faults;
    }

    /// <summary>Prints what became of the servers that were well all the time.</summary>
    /// <returns>Their misses.</returns>
    private static double PrintUntouched(List<SoakServer> servers, MetricSamples last)
    {
        var names = servers.Select(server => server.Name).ToHashSet(StringComparer.Ordinal);
        var missed = Of("zmq_probe_misses_total");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{servers.Count} servers that were healthy all the time: {Of("zmq_probes_total"):0} probes, {missed:0} misses, {Of("zmq_probe_late_total"):0} late; skipped {last.Value("zmq_exporter_probes_skipped_total"):0}"));
        return missed;

        double Of(string name) => last.Find(name).Where(sample => names.Contains(sample.Labels["target"])).Sum(sample => sample.Value);
    }

    private static string Config(List<SoakServer> servers)
    {
        var config = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            defaults:
              interval: {{SoakTimes.Interval.TotalSeconds}}s
              timeout: {{SoakTimes.Timeout.TotalMilliseconds}}ms
              policy: {late_after: {{SoakTimes.LateAfter.TotalMilliseconds}}ms}
            modules:
              ping: {prober: request, send: ["ping {token}"], expect: [{equals: "pong {token}"}]}
            targets:

            """));
        foreach (var server in servers)
        {
            config.Append(CultureInfo.InvariantCulture, $"  - {{name: {server.Name}, endpoint: '{server.Endpoint}', modules: [ping]}}\n");
        }

        return config.ToString();
    }
}
