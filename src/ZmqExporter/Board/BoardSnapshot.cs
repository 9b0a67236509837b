using System.Collections.Immutable;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Board;

/// <summary>All targets at one moment, the worst first. Immutable.</summary>
internal sealed class BoardSnapshot
{
    // Whoever opens a board during an outage looks for those.
    private static readonly TargetState[] WorstFirst = [TargetState.Down, TargetState.Suspect, TargetState.Degraded, TargetState.Unknown, TargetState.Up];

    private static readonly int[] Ranks = [.. Enum.GetValues<TargetState>().Select(state => Array.IndexOf(WorstFirst, state))];

    /// <summary>Sorts them.</summary>
    /// <param name="targets">The targets in the order of the config, which stays within a state.</param>
    /// <param name="at">When this was true.</param>
    public BoardSnapshot(IEnumerable<TargetSnapshot> targets, DateTimeOffset at)
    {
        At = at;
        Targets = [.. targets.OrderBy(static target => Ranks[(int)target.State])];
    }

    /// <summary>The states, the worst first.</summary>
    public static ReadOnlySpan<TargetState> States => WorstFirst;

    /// <summary>When this was true.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The targets, the worst first, without their histograms.</summary>
    public ImmutableArray<TargetSnapshot> Targets { get; }
}
