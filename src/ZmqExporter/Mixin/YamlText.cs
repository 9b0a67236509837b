using System.Text;

namespace ZmqExporter.Mixin;

/// <summary>Texts in the rule files.</summary>
internal static class YamlText
{
    /// <summary>A text in double quotes. It has no control characters.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c is '"' or '\\' ? quoted.Append('\\').Append(c) : quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>What a value on one line says; the rule files have no escapes in such values.</summary>
    public static string Unquote(string value) =>
        value is not ['"', .., '"'] ? value
        : value.Contains('\\', StringComparison.Ordinal) ? throw new FormatException($"a value with escapes: {value}")
        : value[1..^1];
}
