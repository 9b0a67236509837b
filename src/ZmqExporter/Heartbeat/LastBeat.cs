namespace ZmqExporter.Heartbeat;

/// <summary>The last heartbeat that a target had, which outlives its prober and, with a state file, the exporter. Immutable.</summary>
/// <param name="At">When it came.</param>
/// <param name="IntervalSeconds">Until the next one, as it announced.</param>
/// <param name="IsServing">Whether it said SERVING.</param>
internal sealed record LastBeat(DateTimeOffset At, double IntervalSeconds, bool IsServing)
{
    /// <summary>Until the next one, as it announced.</summary>
    public TimeSpan Interval() => TimeSpan.FromSeconds(Math.Clamp(IntervalSeconds, 0, HeartbeatProtocol.LongestInterval.TotalSeconds));
}
