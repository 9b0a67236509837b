using System.Collections.Immutable;
using ZmqExporter.Board;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary>The targets of one page under the headings that the query asks for.</summary>
internal static class BoardGroups
{
    private const string LabelPrefix = "label.";

    /// <summary>Groups what the query matches, the group with the worst target first, and takes one page of it.</summary>
    public static ImmutableArray<BoardGroup> Of(BoardSnapshot board, BoardQuery query)
    {
        if (KeyOf(query.Group) is not { } keyOf)
        {
            var page = BoardPage.Of(board, query.Targets, query.Offset, query.Limit);
            return page.Targets.IsEmpty ? [] : [new BoardGroup(null, page.Matched, page.Counts, page.Targets)];
        }

        var groups = new OrderedDictionary<string, List<TargetSnapshot>>(StringComparer.Ordinal);
        foreach (var target in board.Targets.Where(query.Targets.Matches))
        {
            var key = keyOf(target);
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = []);
            }

            group.Add(target);
        }

        return PageOf(groups, query.Offset, query.Limit);
    }

    private static ImmutableArray<BoardGroup> PageOf(OrderedDictionary<string, List<TargetSnapshot>> groups, int offset, int limit)
    {
        var page = ImmutableArray.CreateBuilder<BoardGroup>();
        var before = 0;
        foreach (var (name, targets) in groups)
        {
            var first = Math.Max(0, offset - before);
            var end = Math.Min(targets.Count, (int)Math.Min(int.MaxValue, (long)offset + limit - before));
            if (first < end)
            {
                page.Add(new BoardGroup(name, targets.Count, CountsOf(targets), [.. targets[first..end]]));
            }

            before += targets.Count;
        }

        return page.DrainToImmutable();
    }

    private static Func<TargetSnapshot, string>? KeyOf(string group) => group switch
    {
        "state" => static target => target.State.Label(),
        "module" => static target => target.Config.Module.Name,
        _ when group.StartsWith(LabelPrefix, StringComparison.Ordinal) && group[LabelPrefix.Length..] is { Length: > 0 } label =>
            target => target.Config.Labels.TryGetValue(label, out var value) ? value : "",
        _ => null,
    };

    private static ImmutableArray<int> CountsOf(List<TargetSnapshot> targets)
    {
        var counts = new int[Enum.GetValues<TargetState>().Length];
        foreach (var target in targets)
        {
            counts[(int)target.State]++;
        }

        return [.. counts];
    }
}

/// <summary>Targets that have something in common.</summary>
/// <param name="Name">What; empty for those without it, null when nothing is grouped.</param>
/// <param name="Total">How many there are, on other pages too.</param>
/// <param name="Counts">How many of them are in each state.</param>
/// <param name="Targets">Those of this page.</param>
internal sealed record BoardGroup(string? Name, int Total, ImmutableArray<int> Counts, ImmutableArray<TargetSnapshot> Targets);
