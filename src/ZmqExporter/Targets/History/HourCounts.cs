namespace ZmqExporter.Targets.History;

/// <summary>Probes of an hour that said something of the target.</summary>
/// <param name="Probes">How many.</param>
/// <param name="Misses">Those of them that were not answered acceptably.</param>
internal readonly record struct HourCounts(long Probes, long Misses)
{
    /// <summary>Those of both.</summary>
    public static HourCounts operator +(HourCounts one, HourCounts other) => new(one.Probes + other.Probes, one.Misses + other.Misses);

    /// <summary>The part that was answered; null when nothing was asked.</summary>
    public double? Availability => Probes == 0 ? null : (double)(Probes - Misses) / Probes;
}
