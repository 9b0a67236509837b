using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Targets;

/// <summary>What one target's probes and connections counted. Not thread-safe; a field that is not read-only.</summary>
internal struct TargetCounters
{
    /// <summary>Changes of state, by the state that was entered. A field: its owner counts in it.</summary>
    public CountsByKind StateChanges = new(EnumLabels<TargetState>.All.Length);

    /// <summary>Results without an answer, by reason.</summary>
    public CountsByKind Failures = new(EnumLabels<FailureReason>.All.Length);

    /// <summary>Events of the connections.</summary>
    public CountsByKind ConnectionEvents = new(EnumLabels<ConnectionEvent>.All.Length);

    public TargetCounters()
    {
    }

    /// <summary>Probes that ended.</summary>
    public long Probes { get; private set; }

    /// <summary>Those without an acceptable answer in time.</summary>
    public long Misses { get; private set; }

    /// <summary>Those answered late.</summary>
    public long Late { get; private set; }

    /// <summary>Replies that came after their probe.</summary>
    public long StaleReplies { get; set; }

    /// <summary>Due times without a probe.</summary>
    public long Skipped { get; set; }

    /// <summary>Counts a result.</summary>
    public void Count(ProbeResult result)
    {
        Probes++;
        Misses += result.Outcome == ProbeOutcome.Miss ? 1 : 0;
        Late += result.Outcome == ProbeOutcome.Late ? 1 : 0;
        if (result.Reason is { } reason)
        {
            Failures.Increment((int)reason);
        }
    }

    /// <summary>What a memory counted before this, and what was counted since.</summary>
    public void Add(TargetMemory memory)
    {
        Probes += memory.Probes;
        Misses += memory.MissesInAll;
        Late += memory.Late;
        StaleReplies += memory.StaleReplies;
        StateChanges.Add(EnumLabels<TargetState>.All, memory.StateChanges);
        Failures.Add(EnumLabels<FailureReason>.All, memory.Failures);
        ConnectionEvents.Add(EnumLabels<ConnectionEvent>.All, memory.ConnectionEvents);
    }
}
