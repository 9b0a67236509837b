using Prometheus;
using ZmqExporter.Limits;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Metrics;

/// <summary>Open file descriptors and their limit under Prometheus' standard names. Thread-safe.</summary>
internal sealed class DescriptorMetrics
{
    private const int TooManyOpenFiles = 24; // EMFILE, which .NET keeps in the HResult as it is

    private readonly Func<double> _readLimit;
    private readonly Func<int> _count;
    private readonly Gauge.Child _open;
    private readonly Gauge.Child _max;
    private double? _limit;

    /// <param name="families">A factory without labels.</param>
    /// <param name="readLimit">Reads how many descriptors may be open.</param>
    /// <param name="count">Counts the open ones.</param>
    public DescriptorMetrics(FamilyFactory families, Func<double> readLimit, Func<int> count)
    {
        _readLimit = readLimit;
        _count = count;
        _open = families.HiddenGauge(MetricNames.ProcessOpenDescriptors, "Open file descriptors.").WithLabels();
        _max = families.HiddenGauge(MetricNames.ProcessMaxDescriptors, "Most file descriptors that may be open.").WithLabels();
    }

    /// <summary>The figures of this process, from Linux' /proc.</summary>
    public static DescriptorMetrics OfThisProcess(FamilyFactory families, TimeProvider time) =>
        new(families, ReadLimit, new DescriptorCount(time).Read);

    private static double ReadLimit() => OpenFileLimit.Read() is var limit && limit < int.MaxValue ? limit : double.PositiveInfinity;

    /// <summary>Reads the figures; those that cannot be read are absent.</summary>
    public void Collect()
    {
        try
        {
            var limit = _readLimit();
            _limit = limit;
            _max.Set(limit);
            _open.Set(_count());
        }
        catch (IOException e) when (e.HResult == TooManyOpenFiles && _limit is not null)
        {
            // Reading takes a descriptor, so it fails just when the figure matters most. But then the figure is known.
            _open.Set(_limit.Value);
        }
        catch
        {
            _max.Unpublish();
            _open.Unpublish();
            throw;
        }
    }
}
