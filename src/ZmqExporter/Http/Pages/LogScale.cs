namespace ZmqExporter.Http.Pages;

/// <summary>Where a duration stands in a chart: each step up is as many times longer. So 0.3 ms and a deadline of 2 s have room in one chart.</summary>
/// <param name="least">The shortest one.</param>
/// <param name="most">The longest one.</param>
/// <param name="height">The chart's height.</param>
internal readonly struct LogScale(TimeSpan least, TimeSpan most, double height)
{
    private const double Shortest = 1e-6; // seconds
    private const double Margin = 1.25;

    private readonly double _low = Math.Log10(Math.Max(least.TotalSeconds, Shortest) / Margin);
    private readonly double _high = Math.Log10(Math.Max(most.TotalSeconds, Shortest) * Margin);

    /// <summary>The ordinate, from 0 at the top.</summary>
    public double Y(TimeSpan duration)
    {
        var part = (Math.Log10(Math.Max(duration.TotalSeconds, Shortest)) - _low) / (_high - _low);
        return Math.Round(height * (1 - Math.Clamp(part, 0, 1)), 1);
    }

    /// <summary>Powers of ten of a second that stand inside, for an axis.</summary>
    public IEnumerable<TimeSpan> Decades()
    {
        for (var power = (int)Math.Ceiling(_low); power <= _high; power++)
        {
            yield return TimeSpan.FromSeconds(Math.Pow(10, power));
        }
    }
}
