using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ZmqExporter.Configuration;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>Writes samples of one format into a buffer: family by family, and in each target by target. Not thread-safe.</summary>
internal abstract class SampleWriter : IDisposable
{
    private bool _isBegun;
    private ReadOnlyMemory<byte> _target;

    /// <summary>What was written and not yet taken.</summary>
    public ByteBuffer Buffer { get; } = new(80 << 10);

    /// <summary>How much is exported.</summary>
    public MetricsDetail Detail { get; private set; }

    /// <summary>Whether a family's length stands before it, so that all of its samples go through <see cref="Measure"/> first.</summary>
    public virtual bool NeedsLengths => false;

    /// <summary>Whether histograms are shown with exponential buckets.</summary>
    public virtual bool ShowsExponential => false;

    /// <summary>Whether examples of what was counted are shown.</summary>
    public virtual bool ShowsExamples => false;

    /// <summary>The family that is written.</summary>
    protected FamilyHeader Family { get; private set; } = null!;

    /// <summary>Labels of the target whose samples are written, as <see cref="AppendTargetLabel"/> encoded them.</summary>
    protected ReadOnlySpan<byte> Target => _target.Span;

    /// <summary>When the target began to count.</summary>
    protected DateTimeOffset Created { get; private set; }

    /// <summary>Examples of what the target has counted; null when there are none.</summary>
    protected ProbeExamples? Examples { get; private set; }

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

    /// <summary>Encodes one of a target's labels.</summary>
    /// <param name="to">Where.</param>
    /// <param name="isFirst">Whether it is the first one of its target.</param>
    /// <param name="name">The label's name.</param>
    /// <param name="value">Its value; when it is empty, the label is absent.</param>
    public abstract void AppendTargetLabel(ByteBuffer to, bool isFirst, string name, string value);

    /// <summary>A family will be written, and its samples are only measured until it begins.</summary>
    public void Measure(FamilyHeader family)
    {
        Family = family;
        _isBegun = false;
        BeginMeasuring();
    }

    /// <summary>A family begins. One without samples leaves no trace. Values that follow at once belong to no target.</summary>
    public void Begin(FamilyHeader family)
    {
        Family = family;
        _isBegun = false;
        EndMeasuring();
    }

    /// <summary>Writes the samples of one target.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Write(TargetSnapshot snapshot, ReadOnlyMemory<byte> labels)
    {
        _target = labels;
        Created = snapshot.Created;
        Examples = snapshot.Examples;
        ((MetricFamily)Family).Samples(snapshot, this);
    }

    /// <summary>The value of a gauge or counter.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Value(double value) => Value(LabelSet.Empty, value);

    /// <summary>A value with labels of its own.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Value(LabelSet own, double value)
    {
        EnsureBegun();
        WriteValue(own, value);
    }

    /// <summary>A count with a probe that was counted last; formats without examples leave that out.</summary>
    /// <param name="own">Its labels.</param>
    /// <param name="count">The count.</param>
    /// <param name="kind">The <see cref="ProbeExample.Kind"/> of its failures.</param>
    [MethodImpl(FirstScrape.Hot)]
    public void CountOfFailures(LabelSet own, long count, int kind)
    {
        EnsureBegun();
        WriteValue(own, count, Examples is { } examples ? Find(examples.Failures, kind) : null);
    }

    /// <summary>Seconds since 1970; nothing when it never was.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Value(DateTimeOffset? instant)
    {
        if (instant is { } known)
        {
            Value(known.ToUnixSeconds());
        }
    }

    /// <summary>1 or 0; nothing when nobody knows: absent is honest, an old value is not.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Value(bool? answer)
    {
        if (answer is { } known)
        {
            Value(known ? 1 : 0);
        }
    }

    /// <summary>A 1 whose labels say something of the target.</summary>
    public void Info(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        EnsureBegun();
        WriteInfo(labels);
    }

    /// <summary>A histogram; nothing when none is kept.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public void Histogram(HistogramSnapshot? histogram)
    {
        if (histogram is not null)
        {
            EnsureBegun();
            WriteHistogram(histogram);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Buffer.Dispose();
        DisposeOwn();
    }

    /// <summary>Writes what stands before the first sample of the family.</summary>
    protected abstract void WriteBegin();

    /// <summary>Writes one value.</summary>
    protected abstract void WriteValue(LabelSet own, double value);

    /// <summary>Writes one value with an example, where the format has them.</summary>
    protected virtual void WriteValue(LabelSet own, double value, ProbeExample? example) => WriteValue(own, value);

    /// <summary>The example of a kind, if there is one.</summary>
    protected static ProbeExample? Find(ImmutableArray<ProbeExample> examples, int kind)
    {
        foreach (var example in examples)
        {
            if (example.Kind == kind)
            {
                return example;
            }
        }

        return null;
    }

    /// <summary>Writes a 1 with labels that only this target has.</summary>
    protected abstract void WriteInfo(ReadOnlySpan<(string Name, string Value)> labels);

    /// <summary>Writes one histogram.</summary>
    protected abstract void WriteHistogram(HistogramSnapshot histogram);

    /// <summary>From now on the samples are only measured.</summary>
    protected virtual void BeginMeasuring()
    {
    }

    /// <summary>From now on the samples are written.</summary>
    protected virtual void EndMeasuring()
    {
    }

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
