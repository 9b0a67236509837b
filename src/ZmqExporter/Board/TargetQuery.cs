using System.Collections.Immutable;
using ZmqExporter.Policy;
using ZmqExporter.Targets;

namespace ZmqExporter.Board;

/// <summary>Which targets somebody wants to see: all conditions hold for each of them. Immutable.</summary>
/// <param name="Words">Each is in the target's name, module, endpoint, labels or last words, in any case of letters.</param>
/// <param name="States">Its state is one of these; empty for any.</param>
/// <param name="Modules">Its module is one of these; empty for any.</param>
/// <param name="Labels">It has these labels; a name with an empty value is one that it does not have.</param>
internal sealed record TargetQuery(
    ImmutableArray<string> Words,
    ImmutableArray<TargetState> States,
    ImmutableArray<string> Modules,
    ImmutableArray<KeyValuePair<string, string>> Labels)
{
    /// <summary>All of them.</summary>
    public static TargetQuery All { get; } = new([], [], [], []);

    /// <summary>Whether the target is one of them.</summary>
    public bool Matches(TargetSnapshot target)
    {
        var config = target.Config;
        return (States.IsEmpty || States.Contains(target.State))
            && (Modules.IsEmpty || Modules.Contains(config.Module.Name, StringComparer.Ordinal))
            && Labels.All(label => config.Labels.TryGetValue(label.Key, out var value) ? value == label.Value : label.Value.Length == 0)
            && Words.All(word => HasWord(target, word));
    }

    private static bool HasWord(TargetSnapshot target, string word)
    {
        var config = target.Config;
        return Has(config.Name)
            || Has(config.Module.Name)
            || Has(config.Endpoint.ToString())
            || config.Labels.Any(label => Has(label.Key) || Has(label.Value))
            || (target.LastResult is { Detail: { Length: > 0 } detail } && Has(detail));

        bool Has(string text) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }
}
