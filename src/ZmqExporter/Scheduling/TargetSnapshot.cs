using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Scheduling;

/// <summary>What is known of one target at one moment. Immutable and consistent in itself.</summary>
/// <param name="Target">What is probed and how.</param>
/// <param name="State">The debounced state.</param>
/// <param name="StateSince">When it changed last; before the first change, when the target was added.</param>
/// <param name="ConsecutiveMisses">Misses in a row, 0 after an answer.</param>
/// <param name="Flapping">Whether it goes back and forth between answering and down.</param>
/// <param name="LastResult">The last probe's raw truth, null before the first one has ended.</param>
/// <param name="LastProbe">When that probe ended, null before.</param>
/// <param name="Probing">Whether a probe runs.</param>
/// <param name="Probes">How many probes have ended.</param>
/// <param name="Skipped">How many due times passed without a probe, because the last one still ran or we were stalled.</param>
internal sealed record TargetSnapshot(
    TargetConfig Target,
    TargetState State,
    DateTimeOffset StateSince,
    int ConsecutiveMisses,
    bool Flapping,
    ProbeResult? LastResult,
    DateTimeOffset? LastProbe,
    bool Probing,
    long Probes,
    long Skipped);
