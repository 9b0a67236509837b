using ZmqExporter.Targets;
using static ZmqExporter.Metrics.ProtobufFields;

namespace ZmqExporter.Metrics;

/// <summary>Prometheus' protobuf, delimited: each family is a message with its length before it. Histograms are native and classic at once.
/// Not thread-safe.</summary>
internal sealed class ProtobufWriter : SampleWriter
{
    // Lengths come before what they measure, so each level is written apart first.
    private readonly ByteBuffer _family = new();
    private readonly ByteBuffer _metric = new();
    private readonly ByteBuffer _inner = new();
    private readonly ByteBuffer _leaf = new();

    /// <inheritdoc />
    protected override void WriteBegin()
    {
        _family.Clear();
        WriteString(_family, FamilyName, Family.Name);
        WriteString(_family, FamilyHelp, Family.Help);
        WriteUnsigned(_family, FamilyType, Family.Type switch
        {
            MetricType.Counter => 0u,
            MetricType.Histogram => 4u,
            _ => 1u,
        });
    }

    /// <inheritdoc />
    protected override void WriteEnd()
    {
        WriteVarint(Buffer, (ulong)_family.Length);
        Buffer.Append(_family.Written);
    }

    /// <inheritdoc />
    protected override void WriteValue(LabelSet own, double value)
    {
        _inner.Clear();
        WriteDouble(_inner, NumberValue, value);
        var isCounter = Family.Type == MetricType.Counter;
        if (isCounter)
        {
            WriteTimestamp(CounterCreated, Created);
        }

        WriteMetric(isCounter ? MetricCounter : MetricGauge, own);
    }

    /// <inheritdoc />
    protected override void WriteHistogram(HistogramSnapshot histogram)
    {
        _inner.Clear();
        WriteUnsigned(_inner, SampleCount, (ulong)histogram.Count);
        WriteDouble(_inner, SampleSum, histogram.Sum);
        var count = 0L;
        for (var bucket = 0; bucket < histogram.Bounds.Length; bucket++)
        {
            count += histogram.Counts[bucket];
            _leaf.Clear();
            WriteUnsigned(_leaf, CumulativeCount, (ulong)count);
            WriteDouble(_leaf, UpperBound, histogram.Bounds[bucket]);
            WriteBytes(_inner, Bucket, _leaf.Written);
        }

        WriteExponential(histogram.Exponential);
        WriteTimestamp(HistogramCreated, histogram.Created);
        WriteMetric(MetricHistogram, LabelSet.Empty);
    }

    /// <inheritdoc />
    protected override void DisposeOwn()
    {
        _family.Dispose();
        _metric.Dispose();
        _inner.Dispose();
        _leaf.Dispose();
    }

    // Buckets are spans of neighbours, and each count is the difference to the one before it.
    private void WriteExponential(ExponentialSnapshot exponential)
    {
        WriteSigned(_inner, Schema, ExponentialBuckets.Schema);
        WriteDouble(_inner, ZeroThreshold, ExponentialBuckets.ZeroThreshold);
        WriteUnsigned(_inner, ZeroCount, (ulong)exponential.Zeros);
        var buckets = exponential.Buckets;
        var next = 0;
        for (var start = 0; start < buckets.Length;)
        {
            var end = start + 1;
            while (end < buckets.Length && buckets[end].Index == buckets[end - 1].Index + 1)
            {
                end++;
            }

            _leaf.Clear();
            WriteSigned(_leaf, SpanOffset, buckets[start].Index - next);
            WriteUnsigned(_leaf, SpanLength, (ulong)(end - start));
            WriteBytes(_inner, PositiveSpan, _leaf.Written);
            next = buckets[end - 1].Index + 1;
            start = end;
        }

        var before = 0L;
        foreach (var bucket in buckets)
        {
            WriteSigned(_inner, PositiveDelta, bucket.Count - before);
            before = bucket.Count;
        }
    }

    private void WriteTimestamp(int field, DateTimeOffset instant)
    {
        _leaf.Clear();
        WriteUnsigned(_leaf, Seconds, (ulong)instant.ToUnixTimeSeconds());
        WriteUnsigned(_leaf, Nanoseconds, (ulong)(instant.UtcTicks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        WriteBytes(_inner, field, _leaf.Written);
    }

    private void WriteMetric(int kind, LabelSet own)
    {
        _metric.Clear();
        _metric.Append(Target.Protobuf);
        _metric.Append(own.Protobuf);
        WriteBytes(_metric, kind, _inner.Written);
        WriteBytes(_family, FamilyMetric, _metric.Written);
    }
}
