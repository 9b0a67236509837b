using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Targets;

/// <summary>What makes one list of targets of another, by key. Immutable.</summary>
/// <param name="Added">Those that are new, in the order of the new list.</param>
/// <param name="Changed">Those that were there and whose config is another one: the new configs.</param>
/// <param name="Removed">Those that are gone.</param>
/// <param name="Unchanged">How many stay as they are.</param>
internal sealed record TargetDiff(
    ImmutableArray<TargetConfig> Added, ImmutableArray<TargetConfig> Changed, ImmutableArray<TargetKey> Removed, int Unchanged)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Added.IsEmpty && Changed.IsEmpty && Removed.IsEmpty;

    /// <summary>Compares two lists. Configs compare by value.</summary>
    /// <param name="before">What is there, by key.</param>
    /// <param name="after">What is to be there; no two of one key.</param>
    public static TargetDiff Of(IReadOnlyDictionary<TargetKey, TargetConfig> before, IReadOnlyCollection<TargetConfig> after)
    {
        var added = ImmutableArray.CreateBuilder<TargetConfig>();
        var changed = ImmutableArray.CreateBuilder<TargetConfig>();
        var removed = new HashSet<TargetKey>(before.Keys);
        foreach (var target in after)
        {
            var key = TargetKey.Of(target);
            removed.Remove(key);
            if (!before.TryGetValue(key, out var known))
            {
                added.Add(target);
            }
            else if (!known.Equals(target))
            {
                changed.Add(target);
            }
        }

        return new TargetDiff(added.ToImmutable(), changed.ToImmutable(), [.. removed], after.Count - added.Count - changed.Count);
    }
}
