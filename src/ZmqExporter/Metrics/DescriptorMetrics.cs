using System.Globalization;
using Prometheus;

namespace ZmqExporter.Metrics;

/// <summary>Open file descriptors and their limit under Prometheus' standard names, from Linux' /proc. Thread-safe.</summary>
internal sealed class DescriptorMetrics
{
    private readonly DescriptorCount _count;
    private readonly Gauge.Child _open;
    private readonly Gauge.Child _max;

    public DescriptorMetrics(FamilyFactory families, TimeProvider time)
    {
        _count = new DescriptorCount(time);
        _open = families.HiddenGauge(MetricNames.ProcessOpenDescriptors, "Open file descriptors.").WithLabels();
        _max = families.HiddenGauge(MetricNames.ProcessMaxDescriptors, "Most file descriptors that may be open.").WithLabels();
    }

    /// <summary>Reads the figures; those that cannot be read are absent.</summary>
    public void Collect()
    {
        try
        {
            _max.Set(ParseLimit(File.ReadLines("/proc/self/limits")));
            _open.Set(_count.Read());
        }
        catch
        {
            _max.Unpublish();
            _open.Unpublish();
            throw;
        }
    }

    /// <summary>The soft limit of open files (proc_pid_limits(5)), which is the one that is enforced.</summary>
    /// <exception cref="FormatException">There is no such line.</exception>
    public static double ParseLimit(IEnumerable<string> lines)
    {
        const string Key = "Max open files";
        var line = lines.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
            ?? throw new FormatException($"/proc/self/limits has no \"{Key}\"");
        var soft = line[Key.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return soft == "unlimited" ? double.PositiveInfinity : double.Parse(soft, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
