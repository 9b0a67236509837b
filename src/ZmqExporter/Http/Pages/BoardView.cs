using System.Collections.Immutable;
using ZmqExporter.Board;
using ZmqExporter.OnDemand;
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

/// <summary>A state as a link.</summary>
/// <param name="Label">The state's label.</param>
/// <param name="Count">How many targets are in it.</param>
/// <param name="Link">The link to those.</param>
/// <param name="IsChosen">Whether those are what the page shows.</param>
internal sealed record StateCount(string Label, int Count, string Link, bool IsChosen)
{
    /// <summary>Makes it.</summary>
    public static StateCount Of(TargetState state, int count, BoardQuery query) =>
        new(state.Label(), count, query.In(state).Link(), query.Targets.States.Contains(state));
}

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

/// <summary>A probe on demand.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Started">When it began.</param>
/// <param name="Endpoint">What was probed.</param>
/// <param name="Module">How.</param>
/// <param name="State">The class of its colour.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record OnDemandRow(long Id, PageTime Started, string Endpoint, string Module, string State, string Result, string Duration)
{
    /// <summary>Makes it.</summary>
    public static OnDemandRow Of(RecentProbe probe) => new(
        probe.Id,
        PageTime.Of(probe.Started),
        probe.Endpoint,
        probe.Module,
        probe.IsSuccess ? "up" : "down",
        probe.IsSuccess ? "success" : $"failure: {probe.Reason}",
        NumberWords.Text($"{probe.Duration.TotalSeconds:0.000} s"));
}
