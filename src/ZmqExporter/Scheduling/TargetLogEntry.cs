using System.Collections.Immutable;
using ZmqExporter.Policy;

namespace ZmqExporter.Scheduling;

/// <summary>A line about a target.</summary>
/// <param name="Kind">Which line; the rest means nothing without one.</param>
/// <param name="State">The state now.</param>
/// <param name="Before">The state before it changed last.</param>
/// <param name="ChangesLeftOut">How many other changes of the state there were since the last line.</param>
/// <param name="DownsLeftOut">How many of those were to down.</param>
/// <param name="ReasonsLeftOut">How many other changes of the reason there were since the last line.</param>
internal readonly record struct TargetLogEntry(
    TargetLogKind Kind, TargetState State, TargetState Before, long ChangesLeftOut, long DownsLeftOut, long ReasonsLeftOut)
{
    /// <summary>Lines about mappings, beside it; default for none.</summary>
    public ImmutableArray<MappingLogLine> Mappings { get; init; }

    /// <summary>Whether somebody on call has to see it: the target does not do well, or did not since the last line.</summary>
    public bool IsWarning => State is TargetState.Down or TargetState.Unknown || DownsLeftOut > 0;
}
