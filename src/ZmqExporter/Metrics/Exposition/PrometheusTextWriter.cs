using System.Runtime.CompilerServices;
using System.Text;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>Prometheus' text format 0.0.4, and what OpenMetrics has in common with it. Not thread-safe.</summary>
/// <remarks>Bounds of buckets are written as OpenMetrics wants it ("1.0"), so that a series has one name in every format.</remarks>
internal class PrometheusTextWriter : SampleWriter
{
    private readonly BucketLabels _buckets = new();
    private byte[] _value = []; // what a line begins with, up to the target's labels
    private byte[] _bucket = [];
    private byte[] _sum = [];
    private byte[] _count = [];

    /// <inheritdoc />
    public override void AppendTargetLabel(ByteBuffer to, bool isFirst, string name, string value) =>
        LabelEncoding.AppendText(to, name, value, withComma: !isFirst);

    /// <inheritdoc />
    protected override void WriteBegin() => WriteHeader(Family.Name, Family.Type switch
    {
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    });

    /// <summary>Writes the lines before the first sample.</summary>
    /// <param name="name">What the format calls the family.</param>
    /// <param name="type">What it calls its type.</param>
    protected void WriteHeader(string name, string type)
    {
        Buffer.AppendText($"# HELP {name} {Family.Help}\n# TYPE {name} {type}\n");
        _value = LineBegin(Family.Name);
        if (Family.Type == MetricType.Histogram)
        {
            _bucket = LineBegin($"{Family.Name}_bucket");
            _sum = LineBegin($"{Family.Name}_sum");
            _count = LineBegin($"{Family.Name}_count");
        }
    }

    /// <inheritdoc />
    [MethodImpl(FirstScrape.Hot)]
    protected override void WriteValue(LabelSet own, double value) => WriteLine(_value, own, value);

    /// <inheritdoc />
    protected override void WriteInfo(ReadOnlySpan<(string Name, string Value)> labels)
    {
        Buffer.Append(_value, Target, []);
        foreach (var (name, value) in labels)
        {
            LabelEncoding.AppendText(Buffer, name, value, withComma: true);
        }

        Buffer.Append("} 1\n"u8);
    }

    /// <summary>What a value's line of the family begins with.</summary>
    protected ReadOnlySpan<byte> ValueBegin => _value;

    /// <inheritdoc />
    [MethodImpl(FirstScrape.Hot)]
    protected override void WriteHistogram(HistogramSnapshot histogram)
    {
        var labels = _buckets.Of(histogram.Bounds);
        var count = 0L;
        for (var bucket = 0; bucket < labels.Length; bucket++)
        {
            count += histogram.Counts[bucket];
            AppendLabels(_bucket, labels[bucket]);
            Buffer.AppendDecimal(count);
            AppendExample(bucket);
            Buffer.Append((byte)'\n');
        }

        WriteLine(_sum, LabelSet.Empty, histogram.Sum);
        WriteLine(_count, LabelSet.Empty, count);
    }

    /// <summary>Writes the example of a bucket behind its count, where the format has them.</summary>
    protected virtual void AppendExample(int bucket)
    {
    }

    /// <summary>What a line of this name begins with.</summary>
    protected static byte[] LineBegin(string name) => Encoding.UTF8.GetBytes($"{name}{{");

    /// <summary>Writes a line.</summary>
    [MethodImpl(FirstScrape.Hot)]
    protected void WriteLine(ReadOnlySpan<byte> begin, LabelSet own, double value)
    {
        AppendLabels(begin, own);
        Buffer.AppendDecimal(value);
        Buffer.Append((byte)'\n');
    }

    [MethodImpl(FirstScrape.Hot)]
    private void WriteLine(ReadOnlySpan<byte> begin, LabelSet own, long value)
    {
        AppendLabels(begin, own);
        Buffer.AppendDecimal(value);
        Buffer.Append((byte)'\n');
    }

    /// <summary>Writes a line up to its value.</summary>
    [MethodImpl(FirstScrape.Hot)]
    protected void AppendLabels(ReadOnlySpan<byte> begin, LabelSet own)
    {
        var target = Target;
        if (target.Length > 0)
        {
            Buffer.Append(begin, target, own.TextEnd);
        }
        else if (own.IsEmpty)
        {
            Buffer.Append(begin[..^1]); // no braces
            Buffer.Append((byte)' ');
        }
        else
        {
            Buffer.Append(begin, own.TextEnd[1..], []); // no comma before the first label
        }
    }
}
