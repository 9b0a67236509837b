namespace ZmqExporter.Configuration;

/// <summary>The failure policy of a target; see docs/failure-policy.md.</summary>
internal sealed record PolicyConfig
{
    /// <value>Soft deadline: an answer after it is late. Default 500 ms.</value>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <value>Consecutive late answers that make a target degraded. Default 2.</value>
    public int DegradedAfter { get; init; } = 2;

    /// <value>Consecutive misses that make a target down. Default 3.</value>
    public int DownAfter { get; init; } = 3;

    /// <value>Consecutive answers that bring a target back. Default 2.</value>
    public int UpAfter { get; init; } = 2;

    /// <value>Interval while suspect; null keeps the normal one.</value>
    public TimeSpan? SuspectInterval { get; init; }

    /// <value>Interval while down; null keeps the normal one.</value>
    public TimeSpan? DownInterval { get; init; }

    /// <value>State changes between up or degraded and down, within the window, that make a target flap. Default 4.</value>
    public int FlappingChanges { get; init; } = 4;

    /// <value>The window of <see cref="FlappingChanges"/>. Default 30 minutes.</value>
    public TimeSpan FlappingWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <value>Service level: the ratio of probes that should be answered, late or not; above 0 and below 1. Default 0.999.</value>
    public double Objective { get; init; } = 0.999;
}
