using ZmqExporter.Targets;

namespace ZmqExporter.Metrics;

/// <summary>Prometheus' text format 0.0.4, and what OpenMetrics has in common with it. Not thread-safe.</summary>
/// <remarks>Bounds of buckets are written as OpenMetrics wants it ("1.0"), so that a series has one name in every format.</remarks>
internal class PrometheusTextWriter : SampleWriter
{
    private static readonly LabelSet Infinite = new((MetricLabels.Le, "+Inf"));

    // Targets of a module share their bounds: no need to make them into text for each.
    private readonly Dictionary<double, LabelSet> _bounds = [];

    /// <inheritdoc />
    protected override void WriteBegin() => WriteHeader(Family.Name, Family.Type switch
    {
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    });

    /// <summary>Writes the lines before the first sample.</summary>
    protected void WriteHeader(string name, string type)
    {
        Buffer.AppendText($"# HELP {name} {Family.Help}\n# TYPE {name} {type}\n");
    }

    /// <inheritdoc />
    protected override void WriteValue(LabelSet own, double value)
    {
        WriteName(Family.NameBytes, default, own);
        Buffer.AppendDecimal(value);
        Buffer.Append((byte)'\n');
    }

    /// <inheritdoc />
    protected override void WriteHistogram(HistogramSnapshot histogram)
    {
        var count = 0L;
        for (var bucket = 0; bucket < histogram.Counts.Length; bucket++)
        {
            count += histogram.Counts[bucket];
            WriteName(Family.NameBytes, "_bucket"u8, bucket < histogram.Bounds.Length ? BoundOf(histogram.Bounds[bucket]) : Infinite);
            WriteCount(count);
        }

        WriteName(Family.NameBytes, "_sum"u8, LabelSet.Empty);
        Buffer.AppendDecimal(histogram.Sum);
        Buffer.Append((byte)'\n');
        WriteName(Family.NameBytes, "_count"u8, LabelSet.Empty);
        WriteCount(count);
    }

    /// <summary>Writes a line up to its value.</summary>
    protected void WriteName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, LabelSet own)
    {
        Buffer.Append(name);
        Buffer.Append(suffix);
        Buffer.Append((byte)'{');
        Buffer.Append(Target.Text);
        if (own.Text.Length > 0)
        {
            Buffer.Append((byte)',');
            Buffer.Append(own.Text);
        }

        Buffer.Append("} "u8);
    }

    private void WriteCount(long count)
    {
        Buffer.AppendDecimal(count);
        Buffer.Append((byte)'\n');
    }

    private LabelSet BoundOf(double bound)
    {
        if (!_bounds.TryGetValue(bound, out var label))
        {
            label = new LabelSet((MetricLabels.Le, BucketBound.Text(bound)));
            _bounds.Add(bound, label);
        }

        return label;
    }
}
