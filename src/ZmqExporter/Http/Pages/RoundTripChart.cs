using System.Collections.Immutable;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>The last round trips with both deadlines, on a logarithmic scale, as an SVG. A miss is a cross on the hard deadline. Immutable.</summary>
/// <param name="results">The results, the oldest first.</param>
/// <param name="lateAfter">The soft deadline.</param>
/// <param name="timeout">The hard deadline.</param>
internal sealed class RoundTripChart(ImmutableArray<RecentResult> results, TimeSpan lateAfter, TimeSpan timeout) : IHtmlContent
{
    private const int Left = 60;
    private const int Top = 12;
    private const int Step = 14;
    private const int Inner = 160;
    private const int Right = Left + (TargetHistory.MostResults * Step);
    private const int Height = Top + Inner + 8;
    private const int Mark = 4;
    private const int TextDrop = 4; // half of a line

    private readonly ImmutableArray<TimeSpan> _known = [.. results.Select(static result => result.RoundTrip).OfType<TimeSpan>()];

    /// <summary>Whether there is something to show.</summary>
    public bool IsEmpty => _known.IsEmpty && !results.Any(static result => result.Outcome == ProbeOutcome.Miss);

    /// <summary>All of it in words.</summary>
    public string Summary => (_known.IsEmpty
        ? "No round trip in the last results"
        : $"Round trips of the last {NumberWords.Count(results.Length, "result", "results")}: {NumberWords.Duration(_known.Min())} to {NumberWords.Duration(_known.Max())}")
        + $"; late after {NumberWords.Duration(lateAfter)}, missed after {NumberWords.Duration(timeout)}; the table below has each of them";

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var least = _known.IsEmpty || _known.Min() > lateAfter ? lateAfter : _known.Min();
        var most = _known.IsEmpty || _known.Max() < timeout ? timeout : _known.Max();
        var scale = new LogScale(least, most, Inner);
        writer.Write(NumberWords.Text($"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {Right + 8} {Height}\" aria-label=\""));
        writer.Write(encoder.Encode(Summary));
        writer.Write("\">");
        foreach (var decade in scale.Decades())
        {
            WriteLevel(writer, encoder, "grid", scale.Y(decade), NumberWords.Duration(decade));
        }

        WriteLevel(writer, encoder, "deadline", scale.Y(lateAfter), null);
        WriteLevel(writer, encoder, "deadline hard", scale.Y(timeout), null);
        var first = TargetHistory.MostResults - results.Length;
        writer.Write(NumberWords.Text($"<g transform=\"translate({Left} {Top})\"><path class=\"line\" d=\"{Sparkline.LineOf(results, scale, Step, first)}\"/>"));
        for (var i = 0; i < results.Length; i++)
        {
            WriteMark(writer, encoder, results[i], (first + i) * Step, scale);
        }

        writer.Write("</g></svg>");
    }

    private static void WriteLevel(TextWriter writer, HtmlEncoder encoder, string kind, double y, string? words)
    {
        writer.Write(NumberWords.Text($"<path class=\"{kind}\" d=\"M{Left} {Top + y:0.#}H{Right}\"/>"));
        if (words is not null)
        {
            writer.Write(NumberWords.Text($"<text x=\"{Left - 6}\" y=\"{Top + y + TextDrop:0.#}\" text-anchor=\"end\">"));
            writer.Write(encoder.Encode(words));
            writer.Write("</text>");
        }
    }

    private void WriteMark(TextWriter writer, HtmlEncoder encoder, RecentResult result, int x, LogScale scale)
    {
        var shape = (result.Outcome, result.RoundTrip) switch
        {
            (ProbeOutcome.Late, { } trip) => NumberWords.Text($"<circle class=\"late-mark\" cx=\"{x}\" cy=\"{scale.Y(trip):0.#}\" r=\"{Mark}\">"),
            (ProbeOutcome.Miss, _) => Cross(x, scale.Y(timeout)),
            (_, { } trip) => NumberWords.Text($"<circle class=\"r-ontime\" cx=\"{x}\" cy=\"{scale.Y(trip):0.#}\" r=\"2\">"),
            _ => null,
        };
        if (shape is not null)
        {
            writer.Write(shape);
            writer.Write("<title>");
            writer.Write(encoder.Encode($"{(result.RoundTrip is { } took ? NumberWords.Duration(took) + ", " : "")}{ReasonWords.Of(result.Outcome, result.Reason)}, {PageTime.Utc(result.At)}"));
            writer.Write(shape.StartsWith("<path", StringComparison.Ordinal) ? "</title></path>" : "</title></circle>");
        }
    }

    private static string Cross(int x, double y) =>
        NumberWords.Text($"<path class=\"miss-mark\" d=\"M{x - Mark} {y - Mark:0.#}l8 8m0 -8l-8 8\">");
}
