using System.Collections.Immutable;
using ZmqExporter.Board;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>The board: all that its page shows. Immutable.</summary>
internal sealed record BoardView
{
    /// <summary>What it shows.</summary>
    public required BoardQuery Query { get; init; }

    /// <summary>The page's title, with what is wrong first.</summary>
    public required string Title { get; init; }

    /// <summary>When all of this was true.</summary>
    public required PageTime At { get; init; }

    /// <summary>What one can filter by.</summary>
    public required BoardFacets Facets { get; init; }

    /// <summary>The states, the worst first, with the number of targets in each, whatever state is asked for.</summary>
    public required ImmutableArray<StateCount> States { get; init; }

    /// <summary>The link to the targets in any state.</summary>
    public required StateCount AnyState { get; init; }

    /// <summary>How many targets there are.</summary>
    public required int Total { get; init; }

    /// <summary>How many of them are asked for.</summary>
    public required int Matched { get; init; }

    /// <summary>The page's targets.</summary>
    public required ImmutableArray<BoardSection> Sections { get; init; }

    /// <summary>Which of those that are asked for are on this page; empty when all of them are.</summary>
    public required string Range { get; init; }

    /// <summary>The link to the page before; null on the first one.</summary>
    public required string? Before { get; init; }

    /// <summary>The link to the next page; null on the last one.</summary>
    public required string? After { get; init; }

    /// <summary>What is wrong with the exporter itself.</summary>
    public required ImmutableArray<string> Problems { get; init; }

    /// <summary>Which of all targets these are; null for all.</summary>
    public required string? Shard { get; init; }

    /// <summary>The last probes on demand.</summary>
    public required ImmutableArray<OnDemandRow> Recent { get; init; }

    /// <summary>The running version.</summary>
    public required string Version { get; init; }

    /// <summary>Its revision.</summary>
    public required string Revision { get; init; }

    /// <summary>Makes it.</summary>
    /// <param name="sources">What it is made of.</param>
    /// <param name="board">The targets.</param>
    /// <param name="facets">What one can filter them by.</param>
    /// <param name="query">What is asked for.</param>
    public static BoardView Of(PageSources sources, BoardSnapshot board, BoardFacets facets, BoardQuery query)
    {
        // The number beside a state says what its link leads to.
        var counts = BoardPage.Of(board, query.Targets with { States = [] }, 0, 0).Counts;
        var matched = query.Targets.States.IsEmpty ? counts.Sum() : query.Targets.States.Distinct().Sum(state => counts[(int)state]);
        var (first, end) = (query.Offset, (int)Math.Min(matched, (long)query.Offset + query.Limit));
        return new BoardView
        {
            Query = query,
            Title = TitleOf(counts),
            At = PageTime.Of(board.At),
            Facets = facets,
            States = [.. BoardSnapshot.States.ToArray().Select(state => StateCount.Of(state, counts[(int)state], query))],
            AnyState = new StateCount("all", counts.Sum(), query.In(null).Link(), query.Targets.States.IsEmpty),
            Total = board.Targets.Length,
            Matched = matched,
            Sections = [.. BoardGroups.Of(board, query).Select(group => BoardSection.Of(group, query, sources, board.At))],
            Range = matched <= query.Limit && first == 0 ? "" : first >= matched ? "none on this page" : NumberWords.Text($"{first + 1} to {end}"),
            Before = first > 0 ? query.At(Math.Max(0, first - query.Limit)).Link() : null,
            After = end < matched ? query.At(end).Link() : null,
            Problems = [.. sources.Problems()],
            Shard = sources.Shard is { IsPart: true } shard ? shard.ToString() : null,
            Recent = [.. sources.Recent().Select(OnDemandRow.Of)],
            Version = sources.Build.Version,
            Revision = sources.Build.Revision,
        };
    }

    private static string TitleOf(ImmutableArray<int> counts)
    {
        var bad = BoardSnapshot.States.ToArray()
            .Where(state => state is not (TargetState.Up or TargetState.Unknown) && counts[(int)state] > 0)
            .Select(state => NumberWords.Text($"{counts[(int)state]} {state.Label()}"));
        var words = string.Join(", ", bad);
        return words.Length > 0 ? $"{words} – zmq_exporter" : "zmq_exporter";
    }
}
