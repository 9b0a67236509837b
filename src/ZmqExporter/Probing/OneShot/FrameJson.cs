using System.Collections.Immutable;
using ZmqExporter.Teaching;

namespace ZmqExporter.Probing.OneShot;

/// <summary>A message that came, frame by frame.</summary>
internal sealed record MessageJson(ImmutableArray<FrameJson> Frames)
{
    /// <summary>The object of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isFull">Whether all bytes that were kept are in it.</param>
    public static MessageJson Of(SeenMessage message, bool isFull) => new([.. message.Frames.Select(frame => FrameJson.Of(frame, isFull))]);
}

/// <summary>A frame: its bytes, or the first of them, and what they were found to be.</summary>
internal sealed record FrameJson(
    int Length, string Base64, string Form, ImmutableArray<string> Decode, string? After, string? Format, string? Text, ImmutableArray<PathJson> Values, string? Problem)
{
    private const int MaxBytes = 4096;
    private const int MaxValues = 1000;

    /// <summary>The object of a frame.</summary>
    public static FrameJson Of(SeenFrame frame, bool isFull)
    {
        var reading = SeenFrameReader.Read(frame);
        var shown = frame.Bytes[..(isFull ? frame.Bytes.Length : Math.Min(frame.Bytes.Length, MaxBytes))];
        var text = reading.Form == FrameForm.Text || reading.After.Length > 0 ? reading.Text : null;
        return new FrameJson(
            frame.Length,
            Convert.ToBase64String(shown.Span),
            reading.Form switch { FrameForm.Empty => "empty", FrameForm.Text => "text", FrameForm.Document => "document", _ => "bytes" },
            [.. reading.Layers],
            reading.After.Length == 0 ? null : reading.After,
            reading.Document?.Key,
            text is null || isFull || text.Length <= MaxBytes ? text : text[..MaxBytes],
            reading.Document is { } document ? [.. PathJson.Of(document.Root).Take(isFull ? int.MaxValue : MaxValues)] : [],
            reading.Problem);
    }
}

/// <summary>A value of a document, with the path that selects it; null where that is too long.</summary>
internal sealed record PathJson(string? Path, string Type, string Value)
{
    /// <summary>A value and all in it.</summary>
    public static IEnumerable<PathJson> Of(DocumentNode node)
    {
        if (node.IsLeaf)
        {
            yield return new PathJson(node.Path, TypeOf(node.Kind), node.Text);
        }

        foreach (var value in node.Children.SelectMany(child => Of(child.Node)))
        {
            yield return value;
        }
    }

    private static string TypeOf(DocumentKind kind) => kind switch
    {
        DocumentKind.Object => "object",
        DocumentKind.Array => "array",
        DocumentKind.Text => "string",
        DocumentKind.Number => "number",
        DocumentKind.Boolean => "boolean",
        _ => "null",
    };
}

/// <summary>What the messages suggest for the module.</summary>
internal sealed record LessonJson(
    ImmutableArray<ProposalJson> Expect, ImmutableArray<ProposalJson> Values, ProposalJson? Sequence, ProposalJson? SentAt, ImmutableArray<string> Notes, string Yaml)
{
    /// <summary>The object of a lesson.</summary>
    /// <param name="lesson">The lesson.</param>
    /// <param name="yaml">All of it as a configuration.</param>
    public static LessonJson Of(Lesson lesson, string yaml) => new(
        [.. lesson.Expect.Select(ProposalJson.Of)],
        [.. lesson.Values.Select(ProposalJson.Of)],
        lesson.Sequence is { } sequence ? ProposalJson.Of(sequence) : null,
        lesson.SentAt is { } sentAt ? ProposalJson.Of(sentAt) : null,
        lesson.Notes,
        yaml);
}

/// <summary>An entry to paste, and why.</summary>
internal sealed record ProposalJson(string Yaml, string Why)
{
    /// <summary>The object of a proposal.</summary>
    public static ProposalJson Of(Proposal proposal) => new(proposal.Yaml, proposal.Why);
}

/// <summary>A number that becomes a metric.</summary>
internal sealed record ValueJson(string Metric, ImmutableSortedDictionary<string, string> Labels, double Value)
{
    /// <summary>The object of a value.</summary>
    public static ValueJson Of(ValueSample sample) => new(
        sample.Value.Metric,
        sample.Value.Labels.Select((label, index) => (label.Name, Value: sample.Labels[index])).ToImmutableSortedDictionary(label => label.Name, label => label.Value, StringComparer.Ordinal),
        sample.Number);
}
