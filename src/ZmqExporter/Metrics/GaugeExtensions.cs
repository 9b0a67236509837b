using Prometheus;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics;

/// <summary>Values that are instants.</summary>
internal static class GaugeExtensions
{
    /// <summary>Sets seconds since 1970.</summary>
    public static void Set(this Gauge.Child gauge, DateTimeOffset instant) => gauge.Set(instant.ToUnixSeconds());
}
