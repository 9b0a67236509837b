using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Metrics;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Benchmarks;

/// <summary>What it costs to render a scrape whole and then send it, to all who asked for it, against rendering it once for each reader and
/// straight to it. The readers take everything at once.</summary>
internal static class ScrapeBenchmark
{
    private const int Rounds = 5;

    private delegate Task Scrape(ExporterMetrics metrics, bool gzip);

    /// <summary>Runs all and prints the ratios.</summary>
    public static async Task RunAsync(int targets)
    {
        foreach (var detail in Enum.GetValues<MetricsDetail>())
        {
            var (metrics, all) = MetricsBenchmarks.Create(detail);
            for (var i = 0; i < targets; i++)
            {
                all.Set(MetricsBenchmarks.Target(i, detail)).Record(MetricsBenchmarks.Answer);
            }

            var renderer = new BodyRenderer();
            foreach (var gzip in new[] { true, false })
            {
                foreach (var readers in new[] { 1, 2, 4 })
                {
                    await CompareAsync(metrics, detail, gzip, readers, (m, g) => RenderedAsync(renderer, m, g));
                }
            }
        }
    }

    private static async Task CompareAsync(ExporterMetrics metrics, MetricsDetail detail, bool gzip, int readers, Scrape rendered)
    {
        var first = await MeasureAsync(metrics, gzip, readers, StraightAsync);
        await MeasureAsync(metrics, gzip, readers, rendered);
        var rounds = new List<((double Cpu, double Wall) Straight, (double Cpu, double Wall) Rendered)>();
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add((await MeasureAsync(metrics, gzip, readers, StraightAsync), await MeasureAsync(metrics, gzip, readers, rendered)));
        }

        var cpu = Median(rounds.Select(round => round.Rendered.Cpu / round.Straight.Cpu));
        var wall = Median(rounds.Select(round => round.Rendered.Wall / round.Straight.Wall));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{detail}, {(gzip ? "gzip" : "plain")}, {readers} at once: CPU {cpu:F2}, duration {wall:F2} of straight; straight takes {Median(rounds.Select(r => r.Straight.Cpu)):F0} ms CPU, {Median(rounds.Select(r => r.Straight.Wall)):F0} ms; the first one {first.Cpu:F0} ms CPU"));
    }

    private static async Task<(double Cpu, double Wall)> MeasureAsync(ExporterMetrics metrics, bool gzip, int readers, Scrape scrape)
    {
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, readers).Select(_ => Task.Run(() => scrape(metrics, gzip))));
        var wall = Stopwatch.GetElapsedTime(start);
        return ((Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, wall.TotalMilliseconds);
    }

    private static async Task StraightAsync(ExporterMetrics metrics, bool gzip)
    {
        await using var sink = new CountingStream();
        if (gzip)
        {
            await using var packed = new GZipStream(sink, CompressionLevel.Fastest);
            await metrics.WriteAsync(new YieldingStream(packed), MetricsFormat.Text, CancellationToken.None);
        }
        else
        {
            await metrics.WriteAsync(new YieldingStream(sink), MetricsFormat.Text, CancellationToken.None);
        }
    }

    private static async Task RenderedAsync(BodyRenderer renderer, ExporterMetrics metrics, bool gzip)
    {
        await using var sink = new CountingStream();
        var body = await renderer.RenderAsync(
            "text", (stream, cancellation) => metrics.WriteAsync(stream, MetricsFormat.Text, cancellation), CancellationToken.None);
        await foreach (var part in body.PartsAsync(gzip, CancellationToken.None))
        {
            await sink.WriteAsync(part);
            await Task.Yield();
        }

        body.Release();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
