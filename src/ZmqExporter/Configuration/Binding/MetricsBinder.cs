using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds the <c>metrics</c> section.</summary>
internal static class MetricsBinder
{
    private static readonly Choice<MetricsDetail> Details = new(
        "level of detail", [("lean", MetricsDetail.Lean), ("standard", MetricsDetail.Standard), ("full", MetricsDetail.Full)]);

    /// <summary>Binds the section; what is not there or has errors keeps its default.</summary>
    public static MetricsConfig Bind(ConfigValue? value)
    {
        var section = value is null ? null : Section.Open(value, ConfigKeys.Metrics);
        var config = section?.Find("detail") is { } detail && Details.TryRead(detail, out var meaning)
            ? new MetricsConfig { Detail = meaning }
            : new MetricsConfig();

        // What is not set is filled in here, so that saying a default and leaving it out are the same config.
        return config with
        {
            Buckets = section?.Find("buckets") is { } buckets && BucketList.Read(buckets) is { } bounds ? bounds : RoundTripBuckets.DefaultOf(config.Detail),
        };
    }
}
