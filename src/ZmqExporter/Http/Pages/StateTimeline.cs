using System.Collections.Immutable;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using ZmqExporter.Policy;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>The states of a target over the last day, or over less when it is not known for so long, as an SVG. Immutable.</summary>
/// <param name="changes">The changes that are known, the oldest first.</param>
/// <param name="now">The time.</param>
internal sealed class StateTimeline(ImmutableArray<StateChange> changes, DateTimeOffset now) : IHtmlContent
{
    private const int Width = 640;
    private const int Height = 28;

    private static readonly TimeSpan Most = TimeSpan.FromDays(1);
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>When the timeline begins.</summary>
    public DateTimeOffset Start { get; } = changes.IsEmpty ? now : now - Clamp(now - changes[0].At);

    /// <summary>The same for the page.</summary>
    public PageTime Began => PageTime.Of(Start);

    /// <summary>Which states there were for how long, the newest first.</summary>
    public ImmutableArray<StateSpan> Spans { get; } = [.. SpansOf(changes, now).Reverse()];

    /// <summary>All of it in words.</summary>
    public string Summary => Spans.IsEmpty ? "No state is known yet" : $"States since {PageTime.Utc(Start)}: {NumberWords.Count(Spans.Length, "state", "states")}, now {Spans[0].State} for {Spans[0].Length}";

    /// <inheritdoc />
    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        writer.Write(NumberWords.Text($"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\" aria-label=\""));
        writer.Write(encoder.Encode(Summary));
        writer.Write(NumberWords.Text($"\"><path class=\"grid\" d=\"M0 {Height}H{Width}\"/>"));
        var whole = (now - Start).TotalSeconds;
        foreach (var span in Spans.Where(span => span.End > Start).Reverse())
        {
            var from = whole <= 0 ? 0 : Math.Max(0, (span.From - Start).TotalSeconds / whole) * Width;
            var to = whole <= 0 ? Width : (span.End - Start).TotalSeconds / whole * Width;

            // Down is full, the others lower: colour is not all that tells them apart.
            var height = span.Height * Height;
            writer.Write(NumberWords.Text($"<rect class=\"s-{span.State}\" x=\"{from:0.##}\" y=\"{Height - height:0.#}\" width=\"{Math.Max(1, to - from):0.##}\" height=\"{height:0.#}\"><title>"));
            writer.Write(encoder.Encode($"{span.State} for {span.Length}, from {PageTime.Utc(span.From)}"));
            writer.Write("</title></rect>");
        }

        writer.Write("</svg>");
    }

    private static IEnumerable<StateSpan> SpansOf(ImmutableArray<StateChange> changes, DateTimeOffset now) =>
        changes.Select((change, i) => new StateSpan(change.State, change.At, i + 1 < changes.Length ? changes[i + 1].At : now));

    private static TimeSpan Clamp(TimeSpan known) => known > Most ? Most : known < Least ? Least : known;
}

/// <summary>A state that lasted.</summary>
/// <param name="Kind">The state.</param>
/// <param name="From">When it began.</param>
/// <param name="End">When it ended, or now.</param>
internal sealed record StateSpan(TargetState Kind, DateTimeOffset From, DateTimeOffset End)
{
    /// <summary>Its label.</summary>
    public string State => Kind.Label();

    /// <summary>How long it lasted.</summary>
    public string Length => NumberWords.Span(End - From);

    /// <summary>When it began.</summary>
    public PageTime Began => PageTime.Of(From);

    /// <summary>How much of the timeline's height it has.</summary>
    public double Height => Kind switch
    {
        TargetState.Down => 1,
        TargetState.Suspect => 0.75,
        TargetState.Degraded => 0.6,
        TargetState.Up => 0.4,
        _ => 0.15,
    };
}
