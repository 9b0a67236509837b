using System.Collections.Immutable;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>The labels of a histogram's buckets. Targets of a module share their bounds, so that they are made into text once. Not
/// thread-safe.</summary>
internal sealed class BucketLabels
{
    private static readonly LabelSet Infinite = new((MetricLabels.Le, "+Inf"));

    private readonly Dictionary<double, LabelSet> _labels = [];
    private ImmutableArray<double> _bounds;
    private LabelSet[] _all = [];

    /// <summary>One for each bucket; the last one is infinity.</summary>
    public ReadOnlySpan<LabelSet> Of(ImmutableArray<double> bounds)
    {
        if (bounds != _bounds) // the same memory, not the same values
        {
            _bounds = bounds;
            _all = [.. bounds.Select(Of), Infinite];
        }

        return _all;
    }

    private LabelSet Of(double bound)
    {
        if (!_labels.TryGetValue(bound, out var label))
        {
            label = new LabelSet((MetricLabels.Le, BucketBound.Text(bound)));
            _labels.Add(bound, label);
        }

        return label;
    }
}
