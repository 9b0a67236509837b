namespace ZmqExporter.Configuration;

/// <summary>Compiles the <c>metrics</c> section.</summary>
internal static class MetricsCompiler
{
    private static readonly Choice<MetricsDetail> Details = new(
        "level of detail", [("lean", MetricsDetail.Lean), ("standard", MetricsDetail.Standard), ("full", MetricsDetail.Full)]);

    /// <summary>Compiles the section; what has errors keeps its default.</summary>
    public static MetricsConfig Compile(ConfigValue value)
    {
        var config = new MetricsConfig();
        if (Section.Open(value, ConfigKeys.Metrics) is not { } section)
        {
            return config;
        }

        if (section.Find("detail") is { } detail && Details.TryRead(detail, out var meaning))
        {
            config = new MetricsConfig { Detail = meaning };
        }

        return section.Find("buckets") is { } buckets && BucketList.Read(buckets) is { } bounds ? config with { Buckets = bounds } : config;
    }
}
