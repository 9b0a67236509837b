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

    /// <summary>What is kept of it over a restart.</summary>
    public HistogramMemory Remember()
    {
        var exponential = _exponential.Snapshot();
        return new HistogramMemory(
            [.. bounds], [.. _counts], _sum, created, exponential.Zeros, [.. exponential.Buckets.SelectMany(bucket => new[] { bucket.Index, bucket.Count })]);
    }

    /// <summary>One that goes on where another one was; null when that had other bounds, or makes no sense.</summary>
    public static RoundTripHistogram? Of(HistogramMemory memory, ImmutableArray<double> bounds)
    {
        if (!memory.Bounds.AsSpan().SequenceEqual(bounds.AsSpan()) || memory.Counts.Length != bounds.Length + 1 || memory.Counts.Any(count => count < 0))
        {
            return null;
        }

        var histogram = new RoundTripHistogram(bounds, memory.Created) { _sum = memory.Sum };
        memory.Counts.CopyTo(histogram._counts, 0);
        var buckets = memory.Exponential.Chunk(2).Where(pair => pair is [>= short.MinValue and <= short.MaxValue, >= 0]);
        histogram._exponential.Add(new ExponentialSnapshot(memory.Zeros, [.. buckets.Select(pair => new ExponentialBucket((short)pair[0], pair[1]))]));
        return histogram;
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
