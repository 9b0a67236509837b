using System.Collections.Immutable;

namespace ZmqExporter.Targets;

/// <summary>A histogram at one moment. Immutable.</summary>
/// <param name="Bounds">Upper bounds in seconds, ascending, without infinity.</param>
/// <param name="Counts">How many observations each bucket has, not cumulated; one more than there are bounds.</param>
/// <param name="Sum">Of all observations, in seconds.</param>
/// <param name="Exponential">The same observations in exponential buckets; null when the snapshot was made without them.</param>
/// <param name="Created">When it began to count.</param>
internal sealed record HistogramSnapshot(
    ImmutableArray<double> Bounds, ImmutableArray<long> Counts, double Sum, ExponentialSnapshot? Exponential, DateTimeOffset Created)
{
    /// <summary>How many observations there are.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (var bucket in Counts)
            {
                count += bucket;
            }

            return count;
        }
    }
}
