using System.Globalization;
using System.Text;

namespace ZmqExporter.Cli.Watch;

/// <summary>Text of peers and configurations for a terminal: one line, without characters that move the cursor or turn the direction of writing.</summary>
internal static class TerminalText
{
    /// <summary>The text with a <c>?</c> in the place of each such character.</summary>
    public static string Safe(string text)
    {
        if (text.All(IsPlain))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            safe.Append(rune.Value is ' ' or '\t' or '\n' or '\r' ? " " : IsSafe(rune) ? rune.ToString() : "?");
        }

        return safe.ToString();
    }

    private static bool IsPlain(char character) => character is >= ' ' and <= '~';

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned)
        && rune != Rune.ReplacementChar;
}
