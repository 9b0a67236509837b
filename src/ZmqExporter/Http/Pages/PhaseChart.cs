using System.Collections.Immutable;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>The phases of the last probes, one on top of the other, as an SVG. Immutable.</summary>
/// <param name="results">The results, the oldest first.</param>
internal sealed class PhaseChart(ImmutableArray<RecentResult> results) : IHtmlContent
{
    private const int Left = 60;
    private const int Top = 12;
    private const int Step = 14;
    private const int Bar = 11;
    private const int Inner = 120;
    private const int Right = Left + (TargetHistory.MostResults * Step);
    private const int Height = Top + Inner + 8;
    private const int TextDrop = 4;

    /// <summary>The phases in the order in which they come.</summary>
    public static ImmutableArray<string> Names { get; } = ["resolve", "connect", "handshake", "ping", "request"];

    /// <summary>The longest probe; zero when no phase is known.</summary>
    public TimeSpan Longest { get; } = results.IsEmpty ? TimeSpan.Zero : results.Max(static result => SumOf(result.Phases));

    /// <summary>All of it in words.</summary>
    public string Summary => $"Phases of the last {NumberWords.Count(results.Length, "probe", "probes")}, stacked; the longest took {NumberWords.Duration(Longest)}; the table below has each of them";

    /// <summary>The phases of a probe, in the order of <see cref="Names"/>.</summary>
    public static TimeSpan?[] PartsOf(PhaseDurations phases) => [phases.Resolve, phases.Connect, phases.Handshake, phases.Ping, phases.Request];

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        writer.Write(NumberWords.Text($"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {Right + 8} {Height}\" aria-label=\""));
        writer.Write(encoder.Encode(Summary));
        writer.Write(NumberWords.Text($"\"><path class=\"grid\" d=\"M{Left} {Top}H{Right}M{Left} {Top + Inner}H{Right}\"/>"));
        writer.Write(NumberWords.Text($"<text x=\"{Left - 6}\" y=\"{Top + TextDrop}\" text-anchor=\"end\">"));
        writer.Write(encoder.Encode(NumberWords.Duration(Longest)));
        writer.Write(NumberWords.Text($"</text><text x=\"{Left - 6}\" y=\"{Top + Inner + TextDrop}\" text-anchor=\"end\">0</text>"));
        var first = TargetHistory.MostResults - results.Length;
        for (var i = 0; i < results.Length; i++)
        {
            WriteBar(writer, encoder, results[i], Left + ((first + i) * Step));
        }

        writer.Write("</svg>");
    }

    private static TimeSpan SumOf(PhaseDurations phases) =>
        PartsOf(phases).Aggregate(TimeSpan.Zero, static (sum, phase) => sum + (phase ?? TimeSpan.Zero));

    private void WriteBar(TextWriter writer, HtmlEncoder encoder, RecentResult result, int x)
    {
        double y = Top + Inner;
        var parts = PartsOf(result.Phases);
        for (var phase = 0; phase < parts.Length; phase++)
        {
            if (parts[phase] is not { } length || length <= TimeSpan.Zero)
            {
                continue;
            }

            var height = length / Longest * Inner;
            y -= height;
            writer.Write(NumberWords.Text($"<rect class=\"ph-{Names[phase]}\" x=\"{x}\" y=\"{y:0.##}\" width=\"{Bar}\" height=\"{height:0.##}\"><title>"));
            writer.Write(encoder.Encode($"{Names[phase]}: {NumberWords.Duration(length)}, {PageTime.Utc(result.At)}"));
            writer.Write("</title></rect>");
        }
    }
}
