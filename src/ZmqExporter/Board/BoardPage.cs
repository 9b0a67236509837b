using System.Collections.Immutable;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Board;

/// <summary>A part of the targets that somebody wants to see. Immutable.</summary>
/// <param name="At">When this was true.</param>
/// <param name="Total">How many targets there are.</param>
/// <param name="Matched">How many of them are wanted.</param>
/// <param name="Counts">How many of those are in each state, by <see cref="TargetState"/>.</param>
/// <param name="Targets">Those of this page, the worst first.</param>
internal sealed record BoardPage(DateTimeOffset At, int Total, int Matched, ImmutableArray<int> Counts, ImmutableArray<TargetSnapshot> Targets)
{
    /// <summary>Takes a page.</summary>
    /// <param name="board">All targets.</param>
    /// <param name="query">Which of them are wanted.</param>
    /// <param name="offset">How many of those come before the page.</param>
    /// <param name="limit">How many it has at most.</param>
    public static BoardPage Of(BoardSnapshot board, TargetQuery query, int offset, int limit)
    {
        var counts = new int[Enum.GetValues<TargetState>().Length];
        var page = ImmutableArray.CreateBuilder<TargetSnapshot>();
        var matched = 0;
        foreach (var target in board.Targets)
        {
            if (!query.Matches(target))
            {
                continue;
            }

            counts[(int)target.State]++;
            if (matched++ >= offset && page.Count < limit)
            {
                page.Add(target);
            }
        }

        return new BoardPage(board.At, board.Targets.Length, matched, [.. counts], page.DrainToImmutable());
    }
}
