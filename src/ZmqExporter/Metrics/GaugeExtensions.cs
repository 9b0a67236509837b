using Prometheus;

namespace ZmqExporter.Metrics;

/// <summary>Values that can be unknown.</summary>
internal static class GaugeExtensions
{
    /// <summary>Sets seconds since 1970.</summary>
    public static void Set(this Gauge.Child gauge, DateTimeOffset instant) => gauge.Set(instant.ToUnixSeconds());

    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public static double ToUnixSeconds(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() / 1000.0;
}
