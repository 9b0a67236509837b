using System.Globalization;

namespace ZmqExporter.Benchmarks.Soak;

/// <summary>What the exporter's process holds, at one time.</summary>
/// <param name="At">Seconds since the start of the soak.</param>
internal sealed record ExporterFigures(double At, double Descriptors, double Threads, double ManagedBytes, double ResidentBytes)
{
    public static ExporterFigures Take(double at, int process, MetricSamples samples) => new(
        at,
        Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
        Status(process, "Threads:"),
        samples.Value("dotnet_gc_heap_size_bytes") ?? 0,
        Status(process, "VmRSS:") * 1024);

    /// <summary>Prints each figure: at the start, at the end, the most, and its slope an hour by least squares.</summary>
    public static void Print(IReadOnlyList<ExporterFigures> all)
    {
        Print(all, "descriptors", figures => figures.Descriptors, 1);
        Print(all, "threads", figures => figures.Threads, 1);
        Print(all, "managed MiB", figures => figures.ManagedBytes, 1 << 20);
        Print(all, "resident MiB", figures => figures.ResidentBytes, 1 << 20);
    }

    private static void Print(IReadOnlyList<ExporterFigures> all, string name, Func<ExporterFigures, double> value, double unit)
    {
        // The first third is spent on compiling and on the heap's finding its size.
        var late = all.Skip(all.Count / 3).ToList();
        var (slope, error) = Slope([.. late.Select(figures => figures.At / 3600)], [.. late.Select(figures => value(figures) / unit)]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {value(late[0]) / unit:0.0} after a third, {value(late[^1]) / unit:0.0} at the end, {all.Max(value) / unit:0.0} at most; slope {slope:+0.0;-0.0} ± {2 * error:0.0} an hour"));
    }

    private static (double Slope, double StandardError) Slope(double[] x, double[] y)
    {
        if (x.Length < 3)
        {
            return (0, double.PositiveInfinity);
        }

        var (meanX, meanY) = (x.Average(), y.Average());
        var spread = x.Sum(value => (value - meanX) * (value - meanX));
        var slope = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / spread;
        var rest = x.Zip(y, (a, b) => b - meanY - (slope * (a - meanX))).Sum(residual => residual * residual);
        return (slope, Math.Sqrt(rest / (x.Length - 2) / spread));
    }

    private static double Status(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
