using System.Buffers;
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
        var cut = text.AsSpan(0, Math.Min(text.Length, MaxLength));
        while (!cut.IsEmpty)
        {
            var isRune = Rune.DecodeFromUtf16(cut, out var rune, out var length) == OperationStatus.Done;
            if (isRune && IsPlain(rune))
            {
                shown.Append(rune);
            }
            else
            {
                foreach (var c in cut[..length])
                {
                    shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                }
            }

            cut = cut[length..];
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

    // What turns the direction of the text around, or cannot be seen, could make it read as another one.
    private static bool IsPlain(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && !(rune.IsBmp && TypographicText.Spaces.Contains((char)rune.Value));
}
