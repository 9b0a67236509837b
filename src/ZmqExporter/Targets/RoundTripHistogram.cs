using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace ZmqExporter.Targets;

/// <summary>The round trips of one target, in its own buckets and in exponential ones. Not thread-safe.</summary>
/// <param name="bounds">Upper bounds in seconds, ascending, without infinity.</param>
/// <param name="created">When it began to count.</param>
internal sealed class RoundTripHistogram(ImmutableArray<double> bounds, DateTimeOffset created)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private ExponentialBuckets _exponential;
    private double _sum;

    /// <summary>Its upper bounds.</summary>
    public ImmutableArray<double> Bounds => bounds;

    /// <summary>Counts one round trip.</summary>
    public void Observe(TimeSpan roundTrip)
    {
        var seconds = roundTrip.TotalSeconds;
        var bucket = bounds.AsSpan().BinarySearch(seconds);
        _counts[bucket < 0 ? ~bucket : bucket]++;
        _exponential.Observe(seconds);
        _sum += seconds;
    }

    /// <summary>All of it at this moment.</summary>
    /// <param name="withExponential">Whether the exponential buckets are in it.</param>
    public HistogramSnapshot Snapshot(bool withExponential) => new(
        bounds,
        ImmutableCollectionsMarshal.AsImmutableArray((long[])_counts.Clone()),
        _sum,
        withExponential ? _exponential.Snapshot() : null,
        created);
}
