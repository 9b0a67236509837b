using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>The words in braces that a probe replaces. Other braces are text: JSON is full of them.</summary>
internal static partial class Placeholders
{
    /// <summary>Unique to each probe.</summary>
    public const string Token = "{token}";

    /// <summary>The time in milliseconds.</summary>
    public const string UnixMilliseconds = "{unix_ms}";

    /// <summary>Counts the probes.</summary>
    public const string Sequence = "{sequence}";

    private static readonly ImmutableArray<string> Names = ["token", "sequence", "unix_ms"];

    /// <summary>Whether a name stands for something in every module.</summary>
    public static bool IsBuiltIn(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>The name of the first one in a text that every module has, or null.</summary>
    public static string? FirstIn(string text) =>
        Names.Where(name => text.Contains($"{{{name}}}", StringComparison.Ordinal)).MinBy(name => text.IndexOf($"{{{name}}}", StringComparison.Ordinal));

    /// <summary>Reports words in braces that look like a mistyped placeholder; false after an error.</summary>
    /// <param name="value">Where they stand.</param>
    /// <param name="text">What is sent.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    public static bool CheckSend(ConfigValue value, string text, CaptureScope captures)
    {
        if (!captures.Check(value, text, "write hex or base64 if the braces are meant as they are"))
        {
            return false;
        }

        foreach (var match in InBraces.EnumerateMatches(text))
        {
            var word = text.Substring(match.Index + 1, match.Length - 2);
            if (!Names.Contains(word, StringComparer.Ordinal) && captures.NameAlone($"{{{word}}}") is null && Suggestion.Closest(word.Trim(), Names) is { } meant)
            {
                value.Error(
                    $"{Shown(value, word)} is not a placeholder",
                    $"write {{{meant}}}, or hex or base64 if the braces are meant as they are");
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports placeholders that a reply cannot be compared with; false after an error.</summary>
    /// <param name="value">Where they stand.</param>
    /// <param name="text">What is compared with.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    /// <param name="expected">Which of them a reply can bring back there.</param>
    public static bool CheckExpect(ConfigValue value, string text, CaptureScope captures, params ImmutableArray<string> expected)
    {
        foreach (var match in InBraces.EnumerateMatches(text))
        {
            var word = text.Substring(match.Index + 1, match.Length - 2);
            if (!expected.Contains(word, StringComparer.Ordinal) && captures.NameAlone($"{{{word}}}") is null && Suggestion.Closest(word.Trim(), Names) is { } meant)
            {
                value.Error(
                    expected.Contains(meant, StringComparer.Ordinal) ? $"{Shown(value, word)} is not a placeholder" : $"{{{meant}}} cannot be expected in a reply",
                    $"write {string.Join(" or ", expected.Select(name => $"{{{name}}}"))}, which a reply can bring back");
                return false;
            }
        }

        return true;
    }

    /// <summary>Reports placeholders that somebody wrote without quotes, so that YAML took each for a mapping; false after an error.</summary>
    /// <param name="value">A value, and all values in it.</param>
    /// <param name="captures">What earlier steps have captured.</param>
    public static bool CheckQuoted(ConfigValue value, CaptureScope captures)
    {
        switch (value.Node)
        {
            case YamlMapping { Entries: [{ Key: var key, Value: YamlScalar { IsNull: true, Text: "" } }] }
                when IsBuiltIn(key) || captures.NameAlone($"{{{key}}}") is not null:
                value.Error($"a bare {{{key}}} is a mapping in YAML", $"put it in quotes: \"{{{key}}}\"");
                return false;
            case YamlMapping mapping:
                return All(mapping.Entries.Select(entry => value with { Node = entry.Value, Path = Quoted.Path(value.Path, entry.Key) }));
            case YamlSequence list:
                return All(list.Items.Select((item, i) => value with { Node = item, Path = Quoted.Path(value.Path, i) }));
            default:
                return true;
        }

        bool All(IEnumerable<ConfigValue> children)
        {
            var isGood = true; // all are looked at: each error is worth having
            foreach (var child in children)
            {
                isGood &= CheckQuoted(child, captures);
            }

            return isGood;
        }
    }

    /// <summary>Whether the reply has to bring back the token.</summary>
    public static bool AsksForToken(ExpectConfig expect) => AsksFor(expect, Token);

    /// <summary>Whether the reply has to bring back a placeholder.</summary>
    public static bool AsksFor(ExpectConfig expect, string placeholder) => expect is ExpectConfig.Holds holds && holds.Tests.Any(test => test switch
    {
        TestConfig.EqualsText equals => equals.Text.Contains(placeholder, StringComparison.Ordinal),
        TestConfig.Matches matches => matches.Pattern.Contains(placeholder, StringComparison.Ordinal),
        _ => false,
    });

    private static string Shown(ConfigValue value, string word) =>
        value.IsFromEnvironment ? $"a word in braces in {value.Shown}" : $"{{{word}}}";

    [GeneratedRegex(@"\{ *[A-Za-z_-]{1,20} *\}", RegexOptions.None, 1000)]
    private static partial Regex InBraces { get; }
}
