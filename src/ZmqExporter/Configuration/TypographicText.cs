using System.Buffers;
using System.Globalization;
using System.Text;

namespace ZmqExporter.Configuration;

/// <summary>Characters that a text processor or a web page puts in the place of those of the keyboard: to YAML and to this program they are ordinary letters.</summary>
internal static class TypographicText
{
    private const string AllQuotes = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb";

    /// <summary>Quotation marks other than <c>"</c> and <c>'</c>.</summary>
    public static SearchValues<char> Quotes { get; } = SearchValues.Create(AllQuotes);

    /// <summary>Spaces other than that of the keyboard, and marks that take no room at all.</summary>
    public static SearchValues<char> Spaces { get; } = SearchValues.Create(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff");

    /// <summary>The first of these spaces in a text, in words; null when there is none.</summary>
    public static string? SpaceIn(string text)
    {
        var at = text.AsSpan().IndexOfAny(Spaces);
        return at < 0 ? null : text[at] switch
        {
            '\u00a0' or '\u202f' or '\u2007' => string.Create(CultureInfo.InvariantCulture, $"a no-break space (U+{(int)text[at]:X4})"),
            '\u200b' or '\ufeff' => string.Create(CultureInfo.InvariantCulture, $"a character without width (U+{(int)text[at]:X4})"),
            var space => string.Create(CultureInfo.InvariantCulture, $"a space of another kind (U+{(int)space:X4})"),
        };
    }

    /// <summary>The text as it was probably meant: with spaces of the keyboard, and without space or quotation marks around it.</summary>
    public static string Plain(string text)
    {
        var spaced = new StringBuilder();
        foreach (var c in text)
        {
            spaced.Append(Spaces.Contains(c) ? ' ' : c);
        }

        return spaced.ToString().Trim().Trim(AllQuotes.ToCharArray()).Trim();
    }
}
