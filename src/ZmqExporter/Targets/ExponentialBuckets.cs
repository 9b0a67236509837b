using System.Collections.Immutable;

namespace ZmqExporter.Targets;

/// <summary>
/// Counts durations in buckets of Prometheus' native histograms: bucket i holds what lies above 2^((i-1)/8) and up to 2^(i/8) seconds, so
/// a quantile is right to 9 %. Only buckets that hold something take memory: 8 bytes. Not thread-safe.
/// </summary>
/// <remarks>Source: the Prometheus native histograms specification, standard exponential schemas.</remarks>
internal struct ExponentialBuckets
{
    /// <summary>The schema: 2^3 buckets for each power of two.</summary>
    public const int Schema = 3;

    /// <summary>What is not above it counts as zero, in seconds (the specification's default).</summary>
    public const double ZeroThreshold = 2.938735877055719e-39;

    private const int PerOctave = 1 << Schema;

    // From 1 µs to 128 s: what lies outside goes to the outermost bucket, so that there are at most 217.
    private const int Lowest = -20 * PerOctave;
    private const int Highest = 7 * PerOctave;

    private const int CountBits = 48; // nine thousand years at a thousand a second
    private const ulong CountMask = (1UL << CountBits) - 1;
    private const int Growth = 6; // free places at a time: most targets need few buckets, and there are many targets

    // Index, as the distance from the lowest, above the count: sorted by the index, then.
    private ulong[]? _buckets;
    private int _used;
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
        var first = (ulong)(index - Lowest) << CountBits; // no bucket of this index is below it
        var place = Find(first);
        if (place == _used || _buckets![place] >> CountBits != first >> CountBits)
        {
            Insert(place, first);
        }

        _buckets![place]++;
    }

    /// <summary>Counts what was counted before.</summary>
    public void Add(ExponentialSnapshot before)
    {
        _zeros += before.Zeros;
        foreach (var (index, count) in before.Buckets)
        {
            var first = (ulong)(Math.Clamp((int)index, Lowest, Highest) - Lowest) << CountBits;
            var place = Find(first);
            if (place == _used || _buckets![place] >> CountBits != first >> CountBits)
            {
                Insert(place, first);
            }

            _buckets![place] += (ulong)count & CountMask;
        }
    }

    /// <summary>All of them at this moment.</summary>
    public readonly ExponentialSnapshot Snapshot()
    {
        var all = ImmutableArray.CreateBuilder<ExponentialBucket>(_used);
        foreach (var bucket in _buckets.AsSpan(0, _used))
        {
            all.Add(new ExponentialBucket((short)((int)(bucket >> CountBits) + Lowest), (long)(bucket & CountMask)));
        }

        return new ExponentialSnapshot(_zeros, all.MoveToImmutable());
    }

    private void Insert(int place, ulong bucket)
    {
        if (_used == (_buckets?.Length ?? 0))
        {
            Array.Resize(ref _buckets, _used + Growth);
        }

        _buckets.AsSpan(place, _used - place).CopyTo(_buckets.AsSpan(place + 1));
        _buckets![place] = bucket;
        _used++;
    }

    // The first place that is not below it.
    private readonly int Find(ulong bucket)
    {
        var place = _buckets.AsSpan(0, _used).BinarySearch(bucket);
        return place < 0 ? ~place : place;
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
