using Prometheus;

namespace ZmqExporter.Metrics;

/// <summary>Values that can be unknown.</summary>
internal static class GaugeExtensions
{
    /// <summary>Sets the value, or hides the series when there is none: absent is honest, an old value is not.</summary>
    public static void SetOrHide(this Gauge.Child gauge, double? value)
    {
        if (value is { } known)
        {
            gauge.Set(known);
        }
        else
        {
            gauge.Unpublish();
        }
    }

    /// <summary>Sets seconds since 1970.</summary>
    public static void Set(this Gauge.Child gauge, DateTimeOffset instant) => gauge.Set(instant.ToUnixSeconds());

    /// <summary>Seconds since 1970, to the millisecond.</summary>
    public static double ToUnixSeconds(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() / 1000.0;
}
