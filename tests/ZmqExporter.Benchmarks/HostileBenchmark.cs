using System.Diagnostics;
using System.Globalization;
using System.Text;
using ZmqExporter.Benchmarks.Soak;
using ZmqExporter.Teaching;
using Zmtp.Security;

namespace ZmqExporter.Benchmarks;

/// <summary>
/// The real executable and everything that ends or fills a process which uses NetMQ, all at once, again and again on new ports, beside
/// healthy targets of either client. Judges that the culprits are found and nobody else, and that the healthy ones do not miss; prints what
/// it cost the exporter's own process.
/// </summary>
internal static class HostileBenchmark
{
    private const int Healthy = 5; // of each client

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5); // for the floods
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly string[] Own = Names("zmtp");
    private static readonly string[] NetMq = [.. Names("netmq"), "ticks"];

    // Many need a pace that two cores keep.
    private const int Many = 100;
    private const string Pace = "interval: 500ms, timeout: 450ms, policy: {late_after: 400ms}";
    private const string PaceOfMany = "interval: 2s, timeout: 1500ms, policy: {late_after: 1400ms}";

    private static readonly string Modules = $$$"""
        defaults: {PACE}
        modules:
          zmtp: {prober: request, send: [ping], expect: [{equals: pong}]}
          netmq: {extends: zmtp, client: netmq}
          ticks: {prober: subscribe, client: netmq, topics: [tick], max_silence: 20s}
          dealer: {prober: request, client: netmq, socket: dealer, send: ["", ping], expect: [{frame: 1, equals: pong}]}
          subscription: {prober: subscribe, client: netmq, topics: [tick], max_silence: 2s}
          curve: {extends: netmq, security: {mechanism: curve, server_public_key: {{{YamlText.Scalar(CurveKeyPair.Generate().PublicKey.ToString()!)}}}}}

        """;

    /// <summary>Runs it.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="count">Hostile servers at a time; 0 for each kind once.</param>
    /// <returns>0 when all was right.</returns>
    public static async Task<int> RunAsync(int rounds, int count)
    {
        count = count > 0 ? count : HostileRound.OfEachKind;
        using var server = new ServerProcess();
        using var publisher = new ServerProcess(FloodPublisher.Argument, "20", "1000000");
        var file = Path.GetTempFileName();
        await WriteAsync(file, count, server, publisher, null);
        using var exporter = await ExporterUnderLoad.StartAsync(file);
        var samples = await UntilAsync(exporter, samples => AreUp(samples, NetMq) && AreUp(samples, Own));
        var (first, start) = (samples, Stopwatch.GetTimestamp());
        var figures = new List<ExporterFigures> { ExporterFigures.Take(0, exporter.Id, samples) };
        var (culprits, found, wrong, slowest, seconds) = (0, 0, 0, 0.0, new List<double>());
        var ofHealthy = new List<string>();
        for (var i = 0; i < rounds; i++)
        {
            using var round = new HostileRound(count);
            await WriteAsync(file, count, server, publisher, round);
            var begun = Stopwatch.GetTimestamp();
            using (Process.Start("kill", ["-HUP", $"{exporter.Id}"]))
            {
                samples = await UntilAsync(
                    exporter,
                    samples => Stopwatch.GetElapsedTime(begun) >= Shortest && round.Killers.All(QuarantinedIn(samples).Contains) && AreUp(samples, NetMq) && round.Down.All(name => IsDown(samples, name)));
            }

            seconds.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            slowest = Math.Max(slowest, seconds[^1]);
            var quarantined = QuarantinedIn(samples);
            culprits += round.Killers.Count();
            found += round.Killers.Count(quarantined.Contains);
            var notDown = round.Down.Where(name => !IsDown(samples, name)).ToList();
            if (notDown.Count > 0)
            {
                Console.WriteLine($"round {i}: {notDown.Count} not down: {string.Join(", ", notDown.Take(10))}");
                PrintReasons(round, notDown, samples);
            }

            var accused = quarantined.Except(round.Killers, StringComparer.Ordinal).Select(round.NameOf).ToList();
            wrong += accused.Count;
            var log = exporter.TakeLog();
            ofHealthy.AddRange(log.Where(line => NetMq.Concat(Own).Any(name => line.Contains($"target={name} ", StringComparison.Ordinal))));
            if (accused.Count > 0)
            {
                Console.WriteLine($"round {i}: accused: {string.Join(", ", accused.Take(10))}");
                log.Where(line => line.Contains("quarantined", StringComparison.Ordinal)).ToList().ForEach(Console.WriteLine);
            }

            figures.Add(ExporterFigures.Take(Stopwatch.GetElapsedTime(start).TotalSeconds, exporter.Id, samples));
        }

        Console.WriteLine(Text($"{rounds} rounds of {count} hostile servers: {culprits} that kill, {found} found and quarantined, {wrong} others accused; a round took {seconds.Order().ElementAt(rounds / 2):0.0} s in the median, {slowest:0.0} s at most, {Shortest.TotalSeconds:0} s at least"));
        Console.WriteLine(Text($"restarts of workers: {samples.Value("zmq_exporter_netmq_restarts_total"):0}"));
        var isRight = Print("own client", Own, first, samples) & Print("client: netmq", NetMq, first, samples);
        (isRight ? [] : ofHealthy).ForEach(Console.WriteLine);
        Console.WriteLine(Text($"probes skipped: {samples.Value("zmq_exporter_probes_skipped_total"):0}"));
        ExporterFigures.Print(figures);
        var exit = await exporter.StopAsync();
        Console.WriteLine($"exit code after SIGTERM: {exit}");
        File.Delete(file);
        return isRight && found == culprits && wrong == 0 && exit == 0 ? 0 : 1;
    }

    private static async Task WriteAsync(string file, int count, ServerProcess server, ServerProcess publisher, HostileRound? round)
    {
        var config = new StringBuilder(Modules.Replace("PACE", count > Many ? PaceOfMany : Pace, StringComparison.Ordinal)).AppendLine("targets:");
        foreach (var name in Own.Concat(NetMq))
        {
            var (endpoint, module) = name == "ticks" ? (publisher.Endpoint, name) : (server.Endpoint, name[..name.IndexOf('_', StringComparison.Ordinal)]);
            config.AppendLine(CultureInfo.InvariantCulture, $"  - {{name: {name}, endpoint: \"{endpoint}\", modules: [{module}]}}");
        }

        round?.AppendTargets(config);
        await File.WriteAllTextAsync(file + ".new", config.ToString());
        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task<MetricSamples> UntilAsync(ExporterUnderLoad exporter, Func<MetricSamples, bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var samples = await exporter.ScrapeAsync();
            if (condition(samples) || Stopwatch.GetElapsedTime(start) > Patience)
            {
                return samples;
            }

            await Task.Delay(Look, TimeProvider.System);
        }
    }

    private static bool Print(string client, string[] names, MetricSamples first, MetricSamples last)
    {
        var misses = Of("zmq_probe_misses_total");
        var own = names.Sum(name => last.Value("zmq_probe_failures_total", ("target", name), ("reason", "local_error")) ?? 0);
        Console.WriteLine(Text($"{names.Length} healthy targets, {client}: {Of("zmq_probes_total"):0} probes, {misses:0} misses, {Of("zmq_probe_late_total"):0} late, {own:0} without a verdict (local_error)"));
        foreach (var failure in last.Find("zmq_probe_failures_total").Where(failure => failure.Value > 0 && names.Contains(failure.Labels["target"])))
        {
            Console.WriteLine(Text($"  {failure.Labels["target"]}: {failure.Value:0} times {failure.Labels["reason"]}"));
        }

        return misses == 0;

        double Of(string metric) => names.Sum(name => last.Value(metric, ("target", name)) - first.Value(metric, ("target", name)) ?? 0);
    }

    private static void PrintReasons(HostileRound round, IReadOnlyCollection<string> names, MetricSamples samples)
    {
        var failures = samples.Find("zmq_probe_failures_total").Where(failure => failure.Value > 0 && names.Contains(failure.Labels["target"], StringComparer.Ordinal)).ToLookup(failure => failure.Labels["target"], StringComparer.Ordinal);
        foreach (var kind in names.GroupBy(round.KindOf, StringComparer.Ordinal))
        {
            var reasons = kind.SelectMany(name => failures[name]).GroupBy(failure => failure.Labels["reason"], StringComparer.Ordinal).Select(reason => Text($"{reason.Sum(failure => failure.Value):0} times {reason.Key}"));
            var states = samples.Find("zmq_target_state").Where(state => state.Value == 1 && kind.Contains(state.Labels["target"], StringComparer.Ordinal)).GroupBy(state => state.Labels["state"], StringComparer.Ordinal).Select(state => Text($"{state.Count()} {state.Key}"));
            Console.WriteLine(Text($"  {kind.Count()} {kind.Key} ({string.Join(", ", states)}): {kind.Sum(name => samples.Value("zmq_probes_total", ("target", name)) ?? 0):0} probes, {string.Join(", ", reasons)}"));
        }
    }

    private static HashSet<string> QuarantinedIn(MetricSamples samples) =>
        [.. samples.Find("zmq_exporter_netmq_quarantined").Select(sample => sample.Labels["endpoint"])];

    private static bool AreUp(MetricSamples samples, string[] names) => names.All(name => IsUp(samples, name));

    private static bool IsUp(MetricSamples samples, string name) => samples.Value("zmq_target_state", ("target", name), ("state", "up")) == 1;

    private static bool IsDown(MetricSamples samples, string name) =>
        samples.Value("zmq_target_state", ("target", name), ("state", "down")) == 1;

    private static string[] Names(string client) => [.. Enumerable.Range(0, Healthy).Select(i => string.Create(CultureInfo.InvariantCulture, $"{client}_{i}"))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
