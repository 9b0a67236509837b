using ZmqExporter.Configuration;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics;

/// <summary>Writes samples of one format into a buffer: family by family, and in each target by target. Not thread-safe.</summary>
internal abstract class SampleWriter : IDisposable
{
    private bool _isBegun;

    /// <summary>What was written and not yet taken.</summary>
    public ByteBuffer Buffer { get; } = new();

    /// <summary>How much is exported.</summary>
    public MetricsDetail Detail { get; private set; }

    /// <summary>The family that is written.</summary>
    protected MetricFamily Family { get; private set; } = null!;

    /// <summary>Labels of the target whose samples are written.</summary>
    protected LabelSet Target { get; private set; } = LabelSet.Empty;

    /// <summary>When the target began to count.</summary>
    protected DateTimeOffset Created { get; private set; }

    /// <summary>The writer of a format.</summary>
    public static SampleWriter For(MetricsFormat format, MetricsDetail detail)
    {
        SampleWriter writer = format switch
        {
            MetricsFormat.OpenMetrics => new OpenMetricsWriter(),
            MetricsFormat.Protobuf => new ProtobufWriter(),
            _ => new PrometheusTextWriter(),
        };
        writer.Detail = detail;
        return writer;
    }

    /// <summary>A family begins. One without samples leaves no trace.</summary>
    public void Begin(MetricFamily family)
    {
        Family = family;
        _isBegun = false;
    }

    /// <summary>Writes the samples of one target.</summary>
    public void Write(TargetSnapshot snapshot, LabelSet labels)
    {
        Target = labels;
        Created = snapshot.Created;
        Family.Samples(snapshot, this);
    }

    /// <summary>The family ends.</summary>
    public void End()
    {
        if (_isBegun)
        {
            WriteEnd();
        }
    }

    /// <summary>The value of a gauge or counter.</summary>
    public void Value(double value) => Value(LabelSet.Empty, value);

    /// <summary>A value with labels of its own.</summary>
    public void Value(LabelSet own, double value)
    {
        EnsureBegun();
        WriteValue(own, value);
    }

    /// <summary>Seconds since 1970; nothing when it never was.</summary>
    public void Value(DateTimeOffset? instant)
    {
        if (instant is { } known)
        {
            Value(known.ToUnixSeconds());
        }
    }

    /// <summary>1 or 0; nothing when nobody knows: absent is honest, an old value is not.</summary>
    public void Value(bool? answer)
    {
        if (answer is { } known)
        {
            Value(known ? 1 : 0);
        }
    }

    /// <summary>A histogram.</summary>
    public void Histogram(HistogramSnapshot histogram)
    {
        EnsureBegun();
        WriteHistogram(histogram);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Buffer.Dispose();
        DisposeOwn();
    }

    /// <summary>Writes what stands before the first sample of the family.</summary>
    protected abstract void WriteBegin();

    /// <summary>Writes what stands after its last one.</summary>
    protected virtual void WriteEnd()
    {
    }

    /// <summary>Writes one value.</summary>
    protected abstract void WriteValue(LabelSet own, double value);

    /// <summary>Writes one histogram.</summary>
    protected abstract void WriteHistogram(HistogramSnapshot histogram);

    /// <summary>Gives back what the format needed.</summary>
    protected virtual void DisposeOwn()
    {
    }

    private void EnsureBegun()
    {
        if (!_isBegun)
        {
            _isBegun = true;
            WriteBegin();
        }
    }
}
