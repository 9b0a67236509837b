using System.Collections.Immutable;
using ZmqExporter.Probing;

namespace ZmqExporter.Targets.History;

/// <summary>A probe that stands for those that were counted with it: what OpenMetrics calls an exemplar. Immutable.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Seconds">Its round trip in seconds, or 1 for one that failed.</param>
/// <param name="Kind">The bucket of the histogram, or the reason.</param>
internal readonly record struct ProbeExample(DateTimeOffset At, double Seconds, int Kind);

/// <summary>The newest examples of a target. Immutable.</summary>
/// <param name="Mark">The target's mark (<see cref="ProbeId"/>).</param>
/// <param name="RoundTrips">At most one for each bucket.</param>
/// <param name="Failures">At most one for each reason.</param>
internal sealed record ProbeExamples(uint Mark, ImmutableArray<ProbeExample> RoundTrips, ImmutableArray<ProbeExample> Failures)
{
    /// <summary>Those of the results that are kept.</summary>
    /// <param name="mark">The target's mark.</param>
    /// <param name="results">The last results.</param>
    /// <param name="bounds">The upper bounds of the histogram's buckets.</param>
    public static ProbeExamples Of(uint mark, in Ring<RecentResult> results, ReadOnlySpan<double> bounds)
    {
        ulong buckets = 0;
        uint reasons = 0;
        var roundTrips = ImmutableArray.CreateBuilder<ProbeExample>();
        var failures = ImmutableArray.CreateBuilder<ProbeExample>();
        for (var age = 0; age < results.Count; age++)
        {
            ref readonly var result = ref results.FromNewest(age);
            if (result.Reason is { } reason && (reasons & (1u << (int)reason)) == 0)
            {
                reasons |= 1u << (int)reason;
                failures.Add(new ProbeExample(result.At, 1, (int)reason));
            }

            if (result is { Outcome: ProbeOutcome.OnTime or ProbeOutcome.Late, RoundTrip: { } roundTrip })
            {
                var bucket = BucketOf(roundTrip.TotalSeconds, bounds);
                if (bucket < 64 && (buckets & (1ul << bucket)) == 0)
                {
                    buckets |= 1ul << bucket;
                    roundTrips.Add(new ProbeExample(result.At, roundTrip.TotalSeconds, bucket));
                }
            }
        }

        return new ProbeExamples(mark, roundTrips.DrainToImmutable(), failures.DrainToImmutable());
    }

    private static int BucketOf(double seconds, ReadOnlySpan<double> bounds)
    {
        var bucket = bounds.BinarySearch(seconds);
        return bucket < 0 ? ~bucket : bucket;
    }
}
