using System.Globalization;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>The value of <c>le</c>.</summary>
internal static class BucketBound
{
    /// <summary>The canonical form of OpenMetrics, which Prometheus gives to bounds that come as numbers as well.</summary>
    public static string Text(double bound)
    {
        var text = bound.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
        return text.AsSpan().ContainsAnyExceptInRange('0', '9') ? text : $"{text}.0";
    }
}
