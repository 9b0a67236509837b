using ZmqExporter.Configuration;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>OpenMetrics 1.0. Not thread-safe.</summary>
/// <remarks><c>zmq_target_state</c> is no stateset: there the label would have to be called as the metric is.</remarks>
internal sealed class OpenMetricsWriter : PrometheusTextWriter
{
    private byte[] _created = [];

    /// <inheritdoc />
    protected override void WriteBegin()
    {
        var name = Family.BareName;
        _created = LineBegin($"{name}_created");
        WriteHeader(name, Family.Type switch
        {
            MetricType.Counter => "counter",
            MetricType.Histogram => "histogram",
            MetricType.Info => "info",
            _ => "gauge",
        });
    }

    /// <inheritdoc />
    protected override void WriteValue(LabelSet own, double value)
    {
        base.WriteValue(own, value);
        if (Family is { Type: MetricType.Counter, IsCreatedWithTarget: true })
        {
            WriteCreated(own, Created);
        }
    }

    /// <inheritdoc />
    protected override void WriteHistogram(HistogramSnapshot histogram)
    {
        base.WriteHistogram(histogram);
        WriteCreated(LabelSet.Empty, histogram.Created);
    }

    // Prometheus makes a series of each, so not where series are to be few.
    private void WriteCreated(LabelSet own, DateTimeOffset created)
    {
        if (Detail != MetricsDetail.Lean)
        {
            WriteLine(_created, own, created.ToUnixSeconds());
        }
    }
}
