using System.Collections.Immutable;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>One of the last results as a row of a table. Immutable.</summary>
/// <param name="Anchor">What marks it on the page.</param>
/// <param name="At">When the probe ended.</param>
/// <param name="Class">Its class in the style sheet.</param>
/// <param name="Outcome">How it ended, in words.</param>
/// <param name="RoundTrip">How long the answer took; a dash without one.</param>
/// <param name="Phases">How long each phase took, in the order of <see cref="PhaseChart.Names"/>; a dash for those that were not reached.</param>
/// <param name="Questions">Whether it was reachable, responsive and ready.</param>
internal sealed record ResultRow(string Anchor, PageTime At, string Class, string Outcome, string RoundTrip, ImmutableArray<string> Phases, ImmutableArray<string> Questions)
{
    /// <summary>The row of a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="mark">That of its target.</param>
    public static ResultRow Of(RecentResult result, uint mark) => new(
        ProbeLink.Anchor(ProbeId.Of(result.At, mark)),
        PageTime.Of(result.At),
        ResultBar.ClassOf(result.Outcome),
        ReasonWords.Of(result.Outcome, result.Reason),
        Text(result.RoundTrip),
        [.. PhaseChart.PartsOf(result.Phases).Select(Text)],
        [ReasonWords.Of(result.Reachable), ReasonWords.Of(result.Responsive), ReasonWords.Of(result.Ready)]);

    private static string Text(TimeSpan? duration) => duration is { } known ? NumberWords.Duration(known) : "–";
}
