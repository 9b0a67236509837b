using System.Collections.Immutable;
using ZmqExporter.Board;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>Targets under one heading.</summary>
/// <param name="Heading">The heading; null for none.</param>
/// <param name="Counts">How many there are in which states, in words.</param>
/// <param name="Rows">Those of this page.</param>
internal sealed record BoardSection(string? Heading, string Counts, ImmutableArray<BoardRow> Rows)
{
    /// <summary>Makes it.</summary>
    public static BoardSection Of(BoardGroup group, BoardQuery query, PageSources sources, DateTimeOffset now)
    {
        var counts = BoardSnapshot.States.ToArray()
            .Where(state => group.Counts[(int)state] > 0)
            .Select(state => NumberWords.Text($"{group.Counts[(int)state]} {state.Label()}"));
        return new BoardSection(
            group.Name switch { null => null, "" => "without " + query.GroupWords, var name => name },
            string.Join(", ", counts),
            [.. group.Targets.Select(target => BoardRow.Of(target, sources.Find(TargetKey.Of(target.Config)), query, now))]);
    }
}
