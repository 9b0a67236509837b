namespace ZmqExporter.Metrics.Exposition;

/// <summary>The exposition formats.</summary>
internal enum MetricsFormat
{
    /// <summary>Prometheus' text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics,

    /// <summary>Prometheus' protobuf, delimited, with native histograms.</summary>
    Protobuf,
}
