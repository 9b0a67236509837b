using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>The round trips of the last results, and the soft deadline as a dashed line, as a small SVG on a logarithmic scale. Immutable.</summary>
/// <param name="results">The results, the oldest first.</param>
/// <param name="lateAfter">The soft deadline.</param>
internal sealed class Sparkline(ImmutableArray<RecentResult> results, TimeSpan lateAfter) : IHtmlContent
{
    private const int Step = 3;
    private const int Width = TargetHistory.MostResults * Step;
    private const int Height = 24;

    private readonly ImmutableArray<TimeSpan> _known = [.. results.Select(static result => result.RoundTrip).OfType<TimeSpan>()];

    /// <summary>The newest round trip; null when nothing was answered.</summary>
    public string? Newest => _known.IsEmpty ? null : NumberWords.Duration(_known[^1]);

    /// <summary>All of it in words.</summary>
    public string Summary => _known.IsEmpty
        ? "No round trips yet"
        : $"Round trips: {NumberWords.Duration(_known.Min())} to {NumberWords.Duration(_known.Max())}, newest {Newest}; late after {NumberWords.Duration(lateAfter)}";

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        if (_known.IsEmpty)
        {
            return;
        }

        var scale = new LogScale(Shorter(_known.Min(), lateAfter), Longer(_known.Max(), lateAfter), Height);
        writer.Write(NumberWords.Text($"<svg class=\"spark\" role=\"img\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" aria-label=\""));
        writer.Write(encoder.Encode(Summary));
        writer.Write(NumberWords.Text($"\"><path class=\"deadline\" d=\"M0 {scale.Y(lateAfter)}h{Width}\"/><path class=\"line\" d=\""));
        writer.Write(LineOf(results, scale, Step, TargetHistory.MostResults - results.Length));
        writer.Write("\"/></svg>");
    }

    /// <summary>The path of the round trips: a gap where there was no answer, a short stroke for one that stands alone.</summary>
    internal static string LineOf(ImmutableArray<RecentResult> results, LogScale scale, double step, int place)
    {
        var path = new StringBuilder();
        var isOpen = false;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].RoundTrip is not { } roundTrip)
            {
                isOpen = false;
                continue;
            }

            path.Append(CultureInfo.InvariantCulture, $"{(isOpen ? 'L' : 'M')}{(place + i) * step:0.#} {scale.Y(roundTrip):0.#}");
            var isAlone = !isOpen && (i + 1 == results.Length || results[i + 1].RoundTrip is null);
            _ = isAlone ? path.Append("h2") : path;
            isOpen = true;
        }

        return path.ToString();
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one < other ? other : one;
}
