using System.Globalization;
using System.Text;

namespace ZmqExporter.Teaching;

/// <summary>A peer's text for a terminal and for comments: nothing in it moves the cursor, changes colours or turns the direction of writing.</summary>
internal static class Printable
{
    /// <summary>Whether a character shows as itself.</summary>
    public static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
        && (rune.Value == ' ' || Rune.GetUnicodeCategory(rune) != UnicodeCategory.SpaceSeparator);

    /// <summary>The text on one line, all else escaped.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="most">So many characters at most; what is cut is said.</param>
    public static string Of(string text, int most = int.MaxValue)
    {
        var shown = new StringBuilder(Math.Min(text.Length, most));
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (count++ >= most)
            {
                return shown.Append('…').ToString();
            }

            _ = rune.Value switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append("\\t"),
                _ when IsSafe(rune) => shown.Append(rune),
                _ => shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
            };
        }

        return shown.ToString();
    }
}
