using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace ZmqExporter.Http.Pages;

/// <summary>
/// A moment on a page: words that are true without a script, and the moment itself, so that the page's script can show it in the reader's zone
/// and let the words go on. Immutable.
/// </summary>
internal sealed class PageTime : IHtmlContent
{
    private readonly string _kind;

    private PageTime(DateTimeOffset at, string kind, string words) => (At, _kind, Words) = (at, kind, words);

    /// <summary>The moment.</summary>
    public DateTimeOffset At { get; }

    /// <summary>What a reader sees without a script.</summary>
    public string Words { get; }

    /// <summary>The moment in the form for machines.</summary>
    public string Iso => At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long ago it was.</summary>
    public static PageTime Ago(DateTimeOffset at, DateTimeOffset now) => new(at, "ago", NumberWords.Span(now - at) + " ago");

    /// <summary>For how long it has been so.</summary>
    public static PageTime Since(DateTimeOffset at, DateTimeOffset now) => new(at, "for", "for " + NumberWords.Span(now - at));

    /// <summary>When it was.</summary>
    public static PageTime Of(DateTimeOffset at) => new(at, "at", Utc(at));

    /// <summary>The moment in UTC, to the second.</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        writer.Write("<time class=\"");
        writer.Write(_kind);
        writer.Write("\" datetime=\"");
        writer.Write(Iso);
        writer.Write("\" title=\"");
        writer.Write(Utc(At));
        writer.Write("\">");
        writer.Write(Words);
        writer.Write("</time>");
    }
}
