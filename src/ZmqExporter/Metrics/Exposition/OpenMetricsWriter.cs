using ZmqExporter.Configuration;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>OpenMetrics 1.0. Not thread-safe.</summary>
/// <remarks><c>zmq_target_state</c> is no stateset: there the label would have to be called as the metric is.</remarks>
internal sealed class OpenMetricsWriter : PrometheusTextWriter
{
    private byte[] _created = [];

    /// <inheritdoc />
    public override bool ShowsExamples => Detail != MetricsDetail.Lean;

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
    protected override void WriteValue(LabelSet own, double value, ProbeExample? example)
    {
        AppendLabels(ValueBegin, own);
        Buffer.AppendDecimal(value);
        Append(example);
        Buffer.Append((byte)'\n');
        WriteCreated(own, Created);
    }

    /// <inheritdoc />
    protected override void AppendExample(int bucket) => Append(Examples is { } examples ? Find(examples.RoundTrips, bucket) : null);

    /// <inheritdoc />
    protected override void WriteHistogram(HistogramSnapshot histogram)
    {
        base.WriteHistogram(histogram);
        WriteCreated(LabelSet.Empty, histogram.Created);
    }

    private void Append(ProbeExample? example)
    {
        if (example is { } probe)
        {
            Buffer.Append(" # {probe=\""u8);
            Buffer.AppendText(ProbeId.Of(probe.At, Examples!.Mark));
            Buffer.Append("\"} "u8);
            Buffer.AppendDecimal(probe.Seconds);
            Buffer.Append((byte)' ');
            Buffer.AppendDecimal(probe.At.ToUnixSeconds());
        }
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
