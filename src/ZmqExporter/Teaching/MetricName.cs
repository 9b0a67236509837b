using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration;

namespace ZmqExporter.Teaching;

/// <summary>Makes names for metrics, each of them once. Not thread-safe.</summary>
/// <param name="prefix">What all of them begin with; any text.</param>
internal sealed partial class MetricName(string prefix)
{
    private const string Application = "app";
    private const int MaxSuffix = 4; // of a number that tells it from others

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    private readonly string _prefix = Prefix(prefix);

    /// <summary>A name that is valid and was not given yet.</summary>
    /// <param name="words">What leads to the number.</param>
    /// <param name="isCounter">Whether it is a counter.</param>
    public string Of(ImmutableArray<string> words, bool isCounter)
    {
        var parts = words.Select(Snake).Where(word => word.Length > 0).ToList();
        var name = string.Join('_', parts.Prepend(_prefix));
        const string Total = "_total";
        name = name.EndsWith(Total, StringComparison.Ordinal) && isCounter ? name[..^Total.Length] : name;
        name = name.Length <= ValueNames.MaxLength - Total.Length - MaxSuffix ? name : name[..(ValueNames.MaxLength - Total.Length - MaxSuffix)];
        var suffix = isCounter ? Total : parts.Count == 0 || ValueNames.SuffixOfOthers(name) is not null ? "_value" : "";
        var free = name + suffix;
        for (var i = 2; !_taken.Add(free); i++)
        {
            free = $"{name}_{i}{suffix}";
        }

        return free;
    }

    /// <summary>A word in small letters, digits and <c>_</c>: <c>queueDepth</c> becomes <c>queue_depth</c>.</summary>
    public static string Snake(string word)
    {
        var text = new StringBuilder();
        foreach (var c in Hump.Replace(word.Length <= ValueNames.MaxLength ? word : word[..ValueNames.MaxLength], "_$0"))
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_');
        }

        return Gap.Replace(text.ToString(), "_").Trim('_');
    }

    private static string Prefix(string prefix)
    {
        var name = Snake(prefix);
        return name.Length == 0 ? Application
            : char.IsAsciiDigit(name[0]) || ValueNames.IsTaken($"{name}_") || ValueNames.IsTaken(name) ? $"{Application}_{name}"
            : name;
    }

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Hump { get; }

    [GeneratedRegex("__+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Gap { get; }
}
