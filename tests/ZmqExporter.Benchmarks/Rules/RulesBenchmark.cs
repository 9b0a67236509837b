using System.Diagnostics;
using System.Globalization;
using TestSupport.Promql;

namespace ZmqExporter.Benchmarks.Rules;

/// <summary>What a real Prometheus spends on the rules of alerts/ and on the fleet's dashboard, with a past of some days that is made for it.</summary>
internal static class RulesBenchmark
{
    private const int Repetitions = 3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(200); // each group has been evaluated once

    /// <summary>Runs all and prints the figures.</summary>
    /// <param name="targets">How many targets the fleet has.</param>
    /// <param name="seconds">For how long the rules are watched.</param>
    public static async Task RunAsync(int targets, int seconds)
    {
        await using var prometheus = await LoadedPrometheus.StartAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 * 60;
        var start = Stopwatch.GetTimestamp();
        using var writer = new RemoteWriter(prometheus.Client);
        var series = await new FleetHistory(writer, targets, now).WriteAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{targets} targets, {series} series written in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s; Prometheus holds {prometheus.ResidentBytes >> 20} MiB"));

        await new FleetQueries(prometheus, now).MeasureAsync();

        await MeasureRulesAsync(prometheus);
        // As long: its garbage collector runs each two minutes, also when nobody asks anything, and takes seconds each time.
        var idle = await CoresAsync(prometheus, TimeSpan.FromSeconds(seconds));
        await prometheus.EvaluateRulesAsync();
        await Task.Delay(WarmUp, TimeProvider.System, CancellationToken.None);
        var cores = await CoresAsync(prometheus, TimeSpan.FromSeconds(seconds));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{cores - idle:F3} cores for all rules over {seconds} s ({idle:F3} without them, {cores:F3} with them)"));
    }

    private static async Task<double> CoresAsync(LoadedPrometheus prometheus, TimeSpan duration)
    {
        var cpu = prometheus.CpuSeconds;
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(duration, TimeProvider.System, CancellationToken.None);
        return (prometheus.CpuSeconds - cpu) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Each rule asked for alone, because what Prometheus says of evaluations is by the clock, which a busy machine stretches.
    private static async Task MeasureRulesAsync(LoadedPrometheus prometheus)
    {
        foreach (var group in AlertRules.Files.SelectMany(file => AlertRules.Parse(Repository.Read(file)).Groups))
        {
            var interval = group.Interval is { } text ? PromqlDuration.Seconds(text) : LoadedPrometheus.EvaluationSeconds;
            double total = 0;
            foreach (var rule in group.Rules)
            {
                var before = prometheus.CpuSeconds;
                for (var i = 0; i < Repetitions; i++)
                {
                    await prometheus.AskAsync("api/v1/query", ("query", rule.Expr));
                }

                var cpu = (prometheus.CpuSeconds - before) / Repetitions;
                total += cpu;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{cpu * 1000,8:F0} ms  {rule}"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{total * 1000,8:F0} ms of CPU time each {interval} s, {total / interval:F4} cores: {group.Name}"));
        }
    }
}
