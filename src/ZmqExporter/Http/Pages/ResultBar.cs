using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>
/// The last results as a row of marks, the newest on the right, as an SVG. Colour is not all that tells them apart: an answer on time fills
/// its place, a late one two thirds of it, a miss the lowest third below a dot. Immutable.
/// </summary>
/// <param name="results">The results, the oldest first.</param>
internal sealed class ResultBar(ImmutableArray<RecentResult> results) : IHtmlContent
{
    private const int Step = 4;
    private const int Width = TargetHistory.MostResults * Step;
    private const int Height = 24;

    /// <summary>All of it in words, for those who do not see it.</summary>
    public string Summary { get; } = SummaryOf(results);

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        writer.Write(NumberWords.Text($"<svg class=\"bar\" role=\"img\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" aria-label=\""));
        writer.Write(encoder.Encode(Summary));
        writer.Write("\">");
        var place = TargetHistory.MostResults - results.Length;
        for (var start = 0; start < results.Length;)
        {
            // Results that say the same are one shape: a page has many of them.
            var end = start + 1;
            while (end < results.Length && (results[end].Outcome, results[end].Reason) == (results[start].Outcome, results[start].Reason))
            {
                end++;
            }

            writer.Write(Marks(place + start, place + end, results[start].Outcome));
            writer.Write("<title>");
            writer.Write(encoder.Encode(TitleOf(results.AsSpan()[start..end])));
            writer.Write("</title></path>");
            start = end;
        }

        writer.Write("</svg>");
    }

    private static string Marks(int first, int end, ProbeOutcome outcome)
    {
        var shape = outcome switch
        {
            ProbeOutcome.OnTime => "v24h-3z",
            ProbeOutcome.Late => "m0 8v16h-3v-16z",
            ProbeOutcome.Miss => "v4h-3zm0 14h3v10h-3z",
            ProbeOutcome.LocalError => "m0 9v6h-3v-6z",
            _ => "m0 21v3h-3v-3z",
        };
        var path = new StringBuilder("<path class=\"r-").Append(ClassOf(outcome)).Append("\" d=\"");
        for (var i = first; i < end; i++)
        {
            path.Append(CultureInfo.InvariantCulture, $"M{i * Step} 0h3").Append(shape);
        }

        return path.Append("\">").ToString();
    }

    /// <summary>The class of a result in the style sheet.</summary>
    internal static string ClassOf(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.OnTime => "ontime",
        ProbeOutcome.Late => "late",
        ProbeOutcome.Miss => "miss",
        ProbeOutcome.LocalError => "local",
        _ => "pending",
    };

    private static string TitleOf(ReadOnlySpan<RecentResult> run)
    {
        var words = ReasonWords.Of(run[0].Outcome, run[0].Reason);
        return run.Length == 1
            ? $"{words}, {PageTime.Utc(run[0].At)}"
            : NumberWords.Text($"{run.Length} × {words}, {run[0].At.UtcDateTime:HH:mm:ss} to {PageTime.Utc(run[^1].At)}");
    }

    private static string SummaryOf(ImmutableArray<RecentResult> results)
    {
        if (results.IsEmpty)
        {
            return "No results yet";
        }

        var counts = results.CountBy(static result => result.Outcome).OrderBy(static pair => pair.Key).Select(static pair => pair.Key switch
        {
            ProbeOutcome.OnTime => NumberWords.Text($"{pair.Value} on time"),
            ProbeOutcome.Late => NumberWords.Text($"{pair.Value} late"),
            ProbeOutcome.Miss => NumberWords.Text($"{pair.Value} missed"),
            ProbeOutcome.LocalError => NumberWords.Text($"{pair.Value} not asked"),
            _ => NumberWords.Text($"{pair.Value} too early to say"),
        });
        return $"Last {NumberWords.Count(results.Length, "result", "results")}: {string.Join(", ", counts)}; newest: {ReasonWords.Of(results[^1].Outcome, results[^1].Reason)}";
    }
}
