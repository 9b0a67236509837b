using System.Collections.Immutable;

namespace ZmqExporter.Targets;

/// <summary>
/// Counts durations in buckets of Prometheus' native histograms: bucket i holds what lies above 2^((i-1)/8) and up to 2^(i/8) seconds, so
/// a quantile is right to 9 %. Only buckets that hold something take memory. Not thread-safe.
/// </summary>
/// <remarks>Source: the Prometheus native histograms specification, standard exponential schemas.</remarks>
internal sealed class ExponentialBuckets
{
    /// <summary>The schema: 2^3 buckets for each power of two.</summary>
    public const int Schema = 3;

    /// <summary>What is not above it counts as zero, in seconds (the specification's default).</summary>
    public const double ZeroThreshold = 2.938735877055719e-39;

    private const int PerOctave = 1 << Schema;

    // From 1 µs to 128 s: what lies outside goes to the outermost bucket, so that there are at most 216.
    private const int Lowest = -20 * PerOctave;
    private const int Highest = 7 * PerOctave;

    private readonly List<ExponentialBucket> _buckets = [];
    private long _zeros;

    /// <summary>Counts one duration.</summary>
    public void Observe(double seconds)
    {
        if (seconds <= ZeroThreshold)
        {
            _zeros++;
            return;
        }

        var index = Math.Clamp((int)Math.Ceiling(Math.Log2(seconds) * PerOctave), Lowest, Highest);
        var place = Find(index);
        if (place < _buckets.Count && _buckets[place].Index == index)
        {
            _buckets[place] = new ExponentialBucket((short)index, _buckets[place].Count + 1);
        }
        else
        {
            _buckets.Insert(place, new ExponentialBucket((short)index, 1));
        }
    }

    /// <summary>All of them at this moment.</summary>
    public ExponentialSnapshot Snapshot() => new(_zeros, [.. _buckets]);

    // The first place whose index is not below this one.
    private int Find(int index)
    {
        var (low, high) = (0, _buckets.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_buckets[middle].Index < index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>One bucket that holds something.</summary>
/// <param name="Index">Its upper bound is 2^(Index/8) seconds.</param>
/// <param name="Count">How many observations it holds.</param>
internal readonly record struct ExponentialBucket(short Index, long Count);

/// <summary>Exponential buckets at one moment. Immutable.</summary>
/// <param name="Zeros">Observations that count as zero.</param>
/// <param name="Buckets">The buckets that hold something, ascending.</param>
internal readonly record struct ExponentialSnapshot(long Zeros, ImmutableArray<ExponentialBucket> Buckets);
