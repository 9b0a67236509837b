using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ZmqExporter.Teaching;

/// <summary>Writes scalars of YAML that the configuration reads as what they were, also in <c>[ ]</c> and <c>{ }</c>.</summary>
internal static partial class YamlText
{
    /// <summary>A text.</summary>
    public static string Scalar(string text)
    {
        text = text.Replace("${", "$${", StringComparison.Ordinal); // else it names an environment variable
        if (Plain.IsMatch(text) && !Reserved.IsMatch(text))
        {
            return text;
        }

        return text.Contains('\'', StringComparison.Ordinal) || text.EnumerateRunes().Any(rune => !Printable.IsSafe(rune)) ? Quote(text) : $"'{text}'";
    }

    /// <summary>Whether a text can be written where its bytes count: YAML's escapes of U+0080 to U+00FF are errors there, because many mean bytes by them.</summary>
    public static bool IsExact(string text) => text.EnumerateRunes().All(rune => rune.Value is < 0x80 or > 0xff || Printable.IsSafe(rune));

    private static string Quote(string text)
    {
        var quoted = new StringBuilder().Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' or '\\' => quoted.Append('\\').Append(rune),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when Printable.IsSafe(rune) => quoted.Append(rune),
                <= 0xff => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                <= 0xffff => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"\A(\$[A-Za-z0-9_.]*|[A-Za-z_][A-Za-z0-9_.]*([ -][A-Za-z0-9_.]+)*)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Plain { get; }

    [GeneratedRegex(@"\A(null|true|false|yes|no|on|off|y|n)\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Reserved { get; }
}
