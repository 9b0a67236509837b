namespace ZmqExporter.Metrics.Exposition;

/// <summary>What kind of metric a family is.</summary>
internal enum MetricType
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A count that only rises.</summary>
    Counter,

    /// <summary>Observations in buckets.</summary>
    Histogram,

    /// <summary>Labels that describe; the value is always 1. Only OpenMetrics has this type, elsewhere it is a gauge.</summary>
    Info,
}
