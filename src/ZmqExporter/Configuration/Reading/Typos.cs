using System.Text.RegularExpressions;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Finds what makes a value another one than its writer sees: then whatever else is wrong with it follows from that.</summary>
internal static partial class Typos
{
    /// <summary>What is wrong and how to mend it, or null. It shows no more of the value than the name of a variable.</summary>
    /// <param name="scalar">The value.</param>
    /// <param name="key">Its key: of a secret nothing is shown.</param>
    public static (string Message, string Remedy)? In(YamlScalar scalar, string key) => InQuotes(scalar) ?? InSpaces(scalar) ?? InVariable(scalar, key);

    /// <summary>Quotation marks around the value that are none to YAML.</summary>
    public static (string Message, string Remedy)? InQuotes(YamlScalar scalar)
    {
        var text = scalar.Written.AsSpan().Trim();
        return text.Length > 1 && TypographicText.Quotes.Contains(text[0]) && TypographicText.Quotes.Contains(text[^1])
            ? ($"the value is in typographic quotation marks ({text[0]} {text[^1]}), which to YAML are a part of it", "write \" or ' in the place of both, or none")
            : null;
    }

    /// <summary>Spaces that are none.</summary>
    public static (string Message, string Remedy)? InSpaces(YamlScalar scalar) => TypographicText.SpaceIn(scalar.Written) is { } space
        ? ($"the value has {space} in it", "remove it, or write a space of the keyboard")
        : null;

    /// <summary>A variable as a shell would have it.</summary>
    public static (string Message, string Remedy)? InVariable(YamlScalar scalar, string key)
    {
        if (scalar.IsFromEnvironment || Variable.Match(scalar.Written) is not { Success: true } match)
        {
            return null;
        }

        return SecretKeys.MayHold(key)
            ? ("the value has a name behind a $, which is text: a variable has braces here", "write ${NAME}")
            : ($"{match.Value} is text here: a variable has braces", $"write ${{{match.Value[1..]}}}");
    }

    /// <summary>Whether the whole value is such a variable.</summary>
    public static bool IsVariable(YamlScalar scalar) =>
        !scalar.IsFromEnvironment && Variable.Match(scalar.Written) is { Success: true } match && match.Length == scalar.Written.Length;

    // Capitals only: $.status is a JSONPath, and ^OK$ a regular expression.
    [GeneratedRegex(@"(?<!\$)\$[A-Z_][A-Z0-9_]*\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Variable { get; }
}
