using System.Collections.Immutable;

namespace ZmqExporter.Configuration;

/// <summary>The upper bounds of the round-trip histogram, in seconds, ascending.</summary>
internal static class RoundTripBuckets
{
    private static readonly ImmutableArray<double> Full =
        [0.0001, 0.00025, 0.0005, 0.00075, 0.0015, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 10.5];

    // Each about three times the one before it, and all of them bounds of Full: the series that remain keep their history.
    private static readonly ImmutableArray<double> Standard = [0.00025, 0.00075, 0.0025, 0.01, 0.025, 0.1, 0.25, 0.5, 1.5, 5.5];

    /// <summary>The bounds that a level of detail has when the config names none.</summary>
    public static ImmutableArray<double> DefaultOf(MetricsDetail detail) => detail == MetricsDetail.Full ? Full : Standard;

    /// <summary>
    /// The bounds with the soft deadline as one of them, so that quantiles and shares around it are exact. Late probes have a counter of their
    /// own: they are judged from the start of the probe, and a round trip begins with the request.
    /// </summary>
    public static ImmutableArray<double> WithLateAfter(ImmutableArray<double> bounds, TimeSpan lateAfter)
    {
        var bound = lateAfter.TotalSeconds;
        var index = bounds.BinarySearch(bound);
        return index >= 0 ? bounds : bounds.Insert(~index, bound);
    }
}
