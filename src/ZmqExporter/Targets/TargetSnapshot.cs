using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp;

namespace ZmqExporter.Targets;

/// <summary>What is known of one target at one moment: everything that <c>/metrics</c>, the pages and the log show. Immutable and consistent in
/// itself.</summary>
internal sealed record TargetSnapshot
{
    /// <summary>What is probed and how.</summary>
    public required TargetConfig Config { get; init; }

    /// <summary>When the target was added. Its counters count from then on.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The debounced state.</summary>
    public required TargetState State { get; init; }

    /// <summary>When it changed last; before the first change, when the target was added.</summary>
    public required DateTimeOffset StateSince { get; init; }

    /// <summary>How often each state was entered, by <see cref="TargetState"/>; empty when none ever was.</summary>
    public required ImmutableArray<long> StateChanges { get; init; }

    /// <summary>Misses in a row, 0 after an answer.</summary>
    public required int ConsecutiveMisses { get; init; }

    /// <summary>Whether it goes back and forth between answering and down.</summary>
    public required bool Flapping { get; init; }

    /// <summary>For how long the next probe has been due; zero when it is not due yet.</summary>
    public required TimeSpan Overdue { get; init; }

    /// <summary>When the next probe is due, from the moment of this snapshot; negative when it is overdue, null when nobody probes.</summary>
    public TimeSpan? NextProbeIn { get; init; }

    /// <summary>Answers in a row, 0 after a miss.</summary>
    public int ConsecutiveAnswers { get; init; }

    /// <summary>Late answers in a row.</summary>
    public int ConsecutiveLate { get; init; }

    /// <summary>While suspect: the state before; else unknown.</summary>
    public TargetState SuspectedFrom { get; init; }

    /// <summary>What the last probe said, null before the first one has ended.</summary>
    public LastResult? LastResult { get; init; }

    /// <summary>When that probe ended, null before.</summary>
    public DateTimeOffset? LastProbe { get; init; }

    /// <summary>When the last answered probe ended; null without one.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>What the peer said of itself when it last spoke; null before.</summary>
    public PeerInfo? Peer { get; init; }

    /// <summary>How many probes have ended.</summary>
    public required long Probes { get; init; }

    /// <summary>Those of them without an acceptable answer by the timeout.</summary>
    public required long Misses { get; init; }

    /// <summary>Those of them that were answered late.</summary>
    public required long Late { get; init; }

    /// <summary>Misses by <see cref="FailureReason"/>, our own faults among them; empty when there were none.</summary>
    public required ImmutableArray<long> Failures { get; init; }

    /// <summary>Replies that came after their probe had ended.</summary>
    public required long StaleReplies { get; init; }

    /// <summary>How many due times passed without a probe: the last one still ran, we were stalled, or the connection was held back.</summary>
    public required long Skipped { get; init; }

    /// <summary>Connection events by <see cref="ConnectionEvent"/>; empty when there were none, and with the detail <c>lean</c>, which counts none.</summary>
    public required ImmutableArray<long> ConnectionEvents { get; init; }

    /// <summary>The round trips of the answered probes; null with the detail <c>lean</c>, which keeps none.</summary>
    public HistogramSnapshot? RoundTrips { get; init; }

    /// <summary>The numbers of the last acceptable reply or of the feed; empty while the target is down or unknown.</summary>
    public ImmutableArray<ValueSample> Values { get; init; } = [];

    /// <summary>The mappings that find nothing in what comes; empty while the target is down or unknown and nothing comes.</summary>
    public ImmutableArray<UnmappedSource> Unmapped { get; init; } = [];

    /// <summary>Numbers that were more than their metric may have series.</summary>
    public long DroppedValues { get; init; }

    /// <summary>Probes that stand for those that were counted; null when the snapshot was made without them.</summary>
    public ProbeExamples? Examples { get; init; }

    /// <summary>What a subscription brought; null for other probers.</summary>
    public SubscriptionCounters? Subscription { get; init; }

    /// <summary>What loops counted; null for other probers.</summary>
    public LoopCounters? Loop { get; init; }

    /// <summary>What heartbeats said; null for modules without them.</summary>
    public HeartbeatSnapshot? Heartbeat { get; init; }
}
