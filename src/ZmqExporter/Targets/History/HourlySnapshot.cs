using System.Collections.Immutable;

namespace ZmqExporter.Targets.History;

/// <summary>The hours of a target. Immutable.</summary>
/// <param name="First">When the first of them began.</param>
/// <param name="Hours">One after the other; the last one may not be over yet.</param>
internal sealed record HourlySnapshot(DateTimeOffset First, ImmutableArray<HourCounts> Hours)
{
    /// <summary>No hour at all.</summary>
    public static HourlySnapshot Empty { get; } = new(DateTimeOffset.UnixEpoch, []);

    /// <summary>What the last hours come to, the one that is not over among them.</summary>
    /// <param name="hours">How many.</param>
    /// <param name="now">The time: hours without a probe count as such.</param>
    public HourCounts Last(int hours, DateTimeOffset now)
    {
        var first = (now.UtcTicks / TimeSpan.TicksPerHour) - hours + 1;
        var skipped = first - (First.UtcTicks / TimeSpan.TicksPerHour);
        return Hours.Skip((int)Math.Clamp(skipped, 0, Hours.Length)).Aggregate(default(HourCounts), static (all, hour) => all + hour);
    }
}
