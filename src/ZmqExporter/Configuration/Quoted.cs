using System.Globalization;
using System.Text;

namespace ZmqExporter.Configuration;

/// <summary>The file's own words inside a message: on one line, printable, and not too long.</summary>
internal static class Quoted
{
    private const int MaxLength = 60;

    /// <summary>The text in quotes.</summary>
    public static string Text(string text) => $"\"{Plain(text)}\"";

    /// <summary>The text without quotes.</summary>
    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            _ = char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' || TypographicText.Spaces.Contains(c)
                ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : shown.Append(c);
        }

        return text.Length > MaxLength ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>The path of a key below another path.</summary>
    public static string Path(string parent, string key)
    {
        var shown = key.Length == 0 ? "\"\"" : Plain(key);
        return parent.Length == 0 ? shown : $"{parent}.{shown}";
    }

    /// <summary>The path of an item of a list.</summary>
    public static string Path(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");
}
