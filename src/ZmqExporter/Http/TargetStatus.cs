using System.Collections.Immutable;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Http;

/// <summary>One row of the status page.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Module">The module's name.</param>
/// <param name="Endpoint">Where the server listens.</param>
/// <param name="State">The debounced state.</param>
/// <param name="Misses">Consecutive misses.</param>
/// <param name="Since">When the state was entered.</param>
/// <param name="LastReason">Why the last probe failed; null when it was answered or none has ended.</param>
/// <param name="LastDetail">One sentence on the last probe; may hold text that the peer chose.</param>
internal sealed record TargetStatus(
    string Name,
    string Module,
    string Endpoint,
    TargetState State,
    int Misses,
    DateTimeOffset Since,
    FailureReason? LastReason,
    string LastDetail)
{
    /// <summary>A sentence for each mapping that finds nothing in what comes; may hold text that the peer chose.</summary>
    public ImmutableArray<string> Unmapped { get; init; } = [];

    /// <summary>The row of a target.</summary>
    public static TargetStatus Of(TargetSnapshot snapshot) => new(
        snapshot.Config.Name,
        snapshot.Config.Module.Name,
        snapshot.Config.Endpoint.ToString(),
        snapshot.State,
        snapshot.ConsecutiveMisses,
        snapshot.StateSince,
        snapshot.LastResult?.Reason,
        snapshot.LastResult?.Detail ?? "")
    {
        Unmapped = [.. snapshot.Unmapped.Select(source => source.ToString())],
    };
}
