using System.Collections.Immutable;
using ZmqExporter.Board;

namespace ZmqExporter.Http.Pages;

/// <summary>What one can filter by: the modules and labels that there are. Immutable.</summary>
/// <param name="Modules">The names of modules, in order.</param>
/// <param name="Labels">The names of labels, in order, with their values; those of a label with too many are left out.</param>
internal sealed record BoardFacets(ImmutableArray<string> Modules, ImmutableArray<LabelFacet> Labels)
{
    private const int MostModules = 200;
    private const int MostLabels = 12;
    private const int MostValues = 100;

    /// <summary>Nothing to filter by.</summary>
    public static BoardFacets None { get; } = new([], []);

    /// <summary>Looks through all targets.</summary>
    public static BoardFacets Of(BoardSnapshot board)
    {
        var modules = new SortedSet<string>(StringComparer.Ordinal);
        var labels = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var target in board.Targets)
        {
            modules.Add(target.Config.Module.Name);
            foreach (var (name, value) in target.Config.Labels)
            {
                if (!labels.TryGetValue(name, out var values))
                {
                    labels.Add(name, values = new SortedSet<string>(StringComparer.Ordinal));
                }

                if (values.Count <= MostValues)
                {
                    values.Add(value);
                }
            }
        }

        return new BoardFacets(
            [.. modules.Take(MostModules)],
            [.. labels.Take(MostLabels).Select(static label => new LabelFacet(label.Key, label.Value.Count > MostValues ? [] : [.. label.Value]))]);
    }
}

/// <summary>A label that targets have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values, in order; empty when there are too many to choose from.</param>
internal sealed record LabelFacet(string Name, ImmutableArray<string> Values);
