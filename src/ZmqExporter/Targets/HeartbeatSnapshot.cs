namespace ZmqExporter.Targets;

/// <summary>What a target's heartbeats said, at one moment. Immutable.</summary>
/// <param name="Restarts">How often a new instance was seen.</param>
/// <param name="Instance">The last one; null before the first.</param>
/// <param name="StartTime">When it started, in seconds since 1970; null when it does not say.</param>
/// <param name="Version">Its version; null when it does not say.</param>
internal sealed record HeartbeatSnapshot(long Restarts, string? Instance, double? StartTime, string? Version);
