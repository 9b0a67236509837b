using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;
using static ZmqExporter.Metrics.Exposition.ProtobufFields;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>Prometheus' protobuf, delimited: each family is a message with its length before it. Histograms are native and classic at once.
/// Not thread-safe.</summary>
/// <remarks>Lengths come before what they measure. A family of very many targets has megabytes, so that it is not written apart first, but
/// twice: once for its length.</remarks>
internal sealed class ProtobufWriter : SampleWriter
{
    private readonly ByteBuffer _head = new();
    private readonly ByteBuffer _inner = new();
    private readonly ByteBuffer _leaf = new();
    private readonly ByteBuffer _own = new();
    private readonly ByteBuffer _example = new();
    private const string ExampleLabel = "probe";

    private bool _measures;
    private long _metrics; // the length of all metrics of the family

    /// <inheritdoc />
    public override bool NeedsLengths => true;

    /// <inheritdoc />
    public override bool ShowsExponential => true;

    /// <inheritdoc />
    public override bool ShowsExamples => Detail != MetricsDetail.Lean;

    /// <inheritdoc />
    public override void AppendTargetLabel(ByteBuffer to, bool isFirst, string name, string value) => LabelEncoding.AppendProtobuf(to, name, value);

    /// <inheritdoc />
    protected override void BeginMeasuring()
    {
        _measures = true;
        _metrics = 0;
    }

    /// <inheritdoc />
    protected override void EndMeasuring() => _measures = false;

    /// <inheritdoc />
    protected override void WriteBegin()
    {
        if (_measures)
        {
            return;
        }

        _head.Clear();
        WriteString(_head, FamilyName, Family.Name);
        WriteString(_head, FamilyHelp, Family.Help);
        WriteUnsigned(_head, FamilyType, Family.Type switch
        {
            MetricType.Counter => TypeCounter,
            MetricType.Histogram => TypeHistogram,
            _ => TypeGauge,
        });
        WriteVarint(Buffer, (ulong)(_head.Length + _metrics));
        Buffer.Append(_head.Written);
    }

    /// <inheritdoc />
    [MethodImpl(FirstScrape.Hot)]
    protected override void WriteValue(LabelSet own, double value) => WriteValue(own, value, example: null);

    /// <inheritdoc />
    [MethodImpl(FirstScrape.Hot)]
    protected override void WriteValue(LabelSet own, double value, ProbeExample? example)
    {
        _inner.Clear();
        WriteDouble(_inner, NumberValue, value);
        if (example is { } probe)
        {
            EncodeExample(probe);
            WriteBytes(_inner, CounterExemplar, _example.Written);
        }

        var isCounter = Family.Type == MetricType.Counter;
        if (isCounter && Family.IsCreatedWithTarget)
        {
            WriteTimestamp(_inner, CounterCreated, Created);
        }

        WriteMetric(isCounter ? MetricCounter : MetricGauge, own.Protobuf);
    }

    /// <inheritdoc />
    protected override void WriteInfo(ReadOnlySpan<(string Name, string Value)> labels)
    {
        _own.Clear();
        foreach (var (name, value) in labels)
        {
            LabelEncoding.AppendProtobuf(_own, name, value);
        }

        _inner.Clear();
        WriteDouble(_inner, NumberValue, 1);
        WriteMetric(MetricGauge, _own.Written);
    }

    /// <inheritdoc />
    [MethodImpl(FirstScrape.Hot)]
    protected override void WriteHistogram(HistogramSnapshot histogram)
    {
        _inner.Clear();
        WriteUnsigned(_inner, SampleCount, (ulong)histogram.Count);
        WriteDouble(_inner, SampleSum, histogram.Sum);
        WriteBuckets(histogram);
        WriteExponential(histogram.Exponential!.Value);
        WriteTimestamp(_inner, HistogramCreated, histogram.Created);
        WriteMetric(MetricHistogram, []);
    }

    /// <inheritdoc />
    protected override void DisposeOwn()
    {
        _head.Dispose();
        _inner.Dispose();
        _leaf.Dispose();
        _own.Dispose();
        _example.Dispose();
    }

    [MethodImpl(FirstScrape.Hot)]
    private void WriteBuckets(HistogramSnapshot histogram)
    {
        var count = 0L;
        for (var bucket = 0; bucket <= histogram.Bounds.Length; bucket++)
        {
            count += histogram.Counts[bucket];
            var example = Examples is { } examples ? Find(examples.RoundTrips, bucket) : null;
            var isLast = bucket == histogram.Bounds.Length;
            if (isLast && example is null)
            {
                break; // its count is the histogram's
            }

            if (example is { } probe)
            {
                EncodeExample(probe);
            }

            var length = LengthOfUnsigned((ulong)count) + LengthOfDouble;
            WriteLength(_inner, Bucket, example is null ? length : length + LengthOfField(_example.Length));
            WriteUnsigned(_inner, CumulativeCount, (ulong)count);
            WriteDouble(_inner, UpperBound, isLast ? double.PositiveInfinity : histogram.Bounds[bucket]);
            if (example is not null)
            {
                WriteBytes(_inner, BucketExemplar, _example.Written);
            }
        }
    }

    // Buckets are spans of neighbours, and each count is the difference to the one before it.
    [MethodImpl(FirstScrape.Hot)]
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

    // To the millisecond, as OpenMetrics shows it.
    [MethodImpl(FirstScrape.Hot)]
    private void WriteTimestamp(ByteBuffer to, int field, DateTimeOffset instant)
    {
        var (seconds, milliseconds) = Math.DivRem(instant.ToUnixTimeMilliseconds(), 1000);
        _leaf.Clear();
        WriteUnsigned(_leaf, Seconds, (ulong)seconds);
        WriteUnsigned(_leaf, Nanoseconds, (ulong)(milliseconds * 1_000_000));
        WriteBytes(to, field, _leaf.Written);
    }

    [MethodImpl(FirstScrape.Hot)]
    private void EncodeExample(ProbeExample probe)
    {
        var id = ProbeId.Of(probe.At, Examples!.Mark);
        _example.Clear();
        WriteLength(_example, ExemplarLabel, LengthOfString(ExampleLabel) + LengthOfString(id));
        WriteString(_example, LabelName, ExampleLabel);
        WriteString(_example, LabelValue, id);
        WriteDouble(_example, ExemplarValue, probe.Seconds);
        WriteTimestamp(_example, ExemplarTimestamp, probe.At);
    }

    [MethodImpl(FirstScrape.Hot)]
    private void WriteMetric(int kind, ReadOnlySpan<byte> own)
    {
        var length = Target.Length + own.Length + LengthOfField(_inner.Length);
        if (_measures)
        {
            _metrics += LengthOfField(length);
            return;
        }

        WriteLength(Buffer, FamilyMetric, length);
        Buffer.Append(Target, own, []);
        WriteBytes(Buffer, kind, _inner.Written);
    }
}
