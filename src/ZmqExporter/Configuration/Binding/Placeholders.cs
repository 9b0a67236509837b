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

    /// <summary>Reports words in braces that look like a mistyped placeholder; false after an error.</summary>
    public static bool CheckSend(ConfigValue value, string text)
    {
        foreach (var match in InBraces.EnumerateMatches(text))
        {
            var word = text.Substring(match.Index + 1, match.Length - 2);
            if (!Names.Contains(word, StringComparer.Ordinal) && Suggestion.Closest(word.Trim(), Names) is { } meant)
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
    /// <param name="expected">Which of them a reply can bring back there.</param>
    public static bool CheckExpect(ConfigValue value, string text, params ImmutableArray<string> expected)
    {
        foreach (var match in InBraces.EnumerateMatches(text))
        {
            var word = text.Substring(match.Index + 1, match.Length - 2);
            if (!expected.Contains(word, StringComparer.Ordinal) && Suggestion.Closest(word.Trim(), Names) is { } meant)
            {
                value.Error(
                    expected.Contains(meant, StringComparer.Ordinal) ? $"{Shown(value, word)} is not a placeholder" : $"{{{meant}}} cannot be expected in a reply",
                    $"write {string.Join(" or ", expected.Select(name => $"{{{name}}}"))}, which a reply can bring back");
                return false;
            }
        }

        return true;
    }

    /// <summary>The placeholder that somebody wrote without quotes, so that YAML took it for a mapping; or null.</summary>
    public static string? IsUnquoted(YamlMapping mapping) =>
        mapping.Entries is [{ Key: var key, Value: YamlScalar { IsNull: true, Text: "" } }] && Names.Contains(key, StringComparer.Ordinal)
            ? key
            : null;

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
