using System.Collections.Immutable;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;
using Zmtp.Wire;

namespace ZmqExporter.Http.Pages;

/// <summary>Failures in a row for one reason. Immutable.</summary>
internal sealed record FailureView
{
    private const int HexGroup = 2; // digits of a byte

    /// <summary>The reason's label.</summary>
    public required string Reason { get; init; }

    /// <summary>The reason in a few words.</summary>
    public required string Words { get; init; }

    /// <summary>The link to what the docs say of it, from the root.</summary>
    public required string Doc { get; init; }

    /// <summary>What the first of them said; may hold text that the peer chose.</summary>
    public required string Detail { get; init; }

    /// <summary>How many there were.</summary>
    public required string Count { get; init; }

    /// <summary>When the first of them ended.</summary>
    public required PageTime First { get; init; }

    /// <summary>When the last of them ended; null when it is the first.</summary>
    public required PageTime? Last { get; init; }

    /// <summary>Whether the target was down at some time of it.</summary>
    public required bool WasDown { get; init; }

    /// <summary>What the first of them saw: whether it was reachable, responsive and ready.</summary>
    public required ImmutableArray<(string Question, string Answer)> Evidence { get; init; }

    /// <summary>How far it came: the phases that were reached, with their durations.</summary>
    public required ImmutableArray<(string Phase, string Duration)> Phases { get; init; }

    /// <summary>What was sent and received last in it.</summary>
    public required ImmutableArray<MessagePart> Messages { get; init; }

    /// <summary>The view of a run.</summary>
    public static FailureView Of(FailureRun run) => new()
    {
        Reason = run.Reason.Label(),
        Words = ReasonWords.Of(run.Reason),
        Doc = DocLinks.Of(run.Reason),
        Detail = run.Detail,
        Count = NumberWords.Count(run.Count, "probe", "probes in a row"),
        First = PageTime.Of(run.First.At),
        Last = run.Count > 1 ? PageTime.Of(run.Last) : null,
        WasDown = run.WasDown,
        Evidence =
        [
            ("reachable", ReasonWords.Of(run.First.Reachable)),
            ("responsive", ReasonWords.Of(run.First.Responsive)),
            ("ready", ReasonWords.Of(run.First.Ready)),
        ],
        Phases = [.. PhaseChart.Names.Zip(PhaseChart.PartsOf(run.First.Phases)).Where(static phase => phase.Second is not null).Select(static phase => (phase.First, NumberWords.Duration(phase.Second!.Value)))],
        Messages = [.. MessagesOf("Sent last", run.Sent), .. MessagesOf("Received last", run.Received)],
    };

    private static IEnumerable<MessagePart> MessagesOf(string title, MessageExcerpt? message)
    {
        if (message is not null)
        {
            var frames = message.Frames;
            yield return new MessagePart(
                title,
                [.. frames.Select(FramePart.Of)],
                message.FrameCount > frames.Length ? NumberWords.Text($"{message.FrameCount - frames.Length} more frames are not kept.") : null);
        }
    }

    /// <summary>A message.</summary>
    /// <param name="Title">Which one.</param>
    /// <param name="Frames">Its first frames.</param>
    /// <param name="More">What is left out; null for nothing.</param>
    internal sealed record MessagePart(string Title, ImmutableArray<FramePart> Frames, string? More);

    /// <summary>A frame.</summary>
    /// <param name="Length">How long it was.</param>
    /// <param name="Text">Its bytes as text, with whatever is not printable escaped.</param>
    /// <param name="Hex">Its bytes.</param>
    /// <param name="Decoded">What it says in its own format; null when it has none that is known.</param>
    internal sealed record FramePart(string Length, string Text, string Hex, string? Decoded)
    {
        /// <summary>The view of a frame.</summary>
        public static FramePart Of(FrameExcerpt frame)
        {
            var bytes = frame.Bytes.Span;
            var isCut = bytes.Length < frame.Length;
            return new FramePart(
                NumberWords.Count(frame.Length, "byte", "bytes") + (isCut ? NumberWords.Text($", the first {bytes.Length} are kept") : ""),
                Excerpt.Whole(bytes) + (isCut ? "…" : ""),
                string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(HexGroup).Select(static digits => new string(digits))),
                isCut ? null : DecodedFrame.Of(frame));
        }
    }
}
