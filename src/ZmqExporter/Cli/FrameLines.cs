using System.Globalization;
using System.Text;
using ZmqExporter.Teaching;

namespace ZmqExporter.Cli;

/// <summary>Prints messages frame by frame: text, a dump of bytes, or each value of a document beside its path. Nothing that a peer sent reaches the terminal as it is.</summary>
/// <param name="isFull">Whether nearly all of it is shown, and not only what fits on a screen.</param>
internal sealed class FrameLines(bool isFull)
{
    private const int BytesInALine = 16;
    private const int WidestPath = 44;

    private readonly int _maxLines = isFull ? 20_000 : 100;
    private readonly int _maxText = isFull ? 4096 : 120;
    private readonly int _maxFrames = isFull ? 256 : 16;

    /// <summary>The lines of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="title">What it is: "message 1 of 3".</param>
    public IEnumerable<string> Of(SeenMessage message, string title)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{title}: {message.Frames.Length} {(message.Frames.Length == 1 ? "frame" : "frames")}");
        for (var number = 0; number < Math.Min(_maxFrames, message.Frames.Length); number++)
        {
            var frame = message.Frames[number];
            var reading = SeenFrameReader.Read(frame);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  frame {number}: {frame.Length} {(frame.Length == 1 ? "byte" : "bytes")}, {Words(reading)}{(reading.Problem is { } problem ? $" ({Printable.Of(problem, 200)})" : "")}");
            foreach (var line in Bounded(Body(reading)))
            {
                yield return $"    {line}";
            }

            if (frame.IsCut)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"    … {frame.Length - frame.Bytes.Length} more bytes were not kept");
            }
        }

        if (message.Frames.Length > _maxFrames)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  … {message.Frames.Length - _maxFrames} more frames");
        }
    }

    private static string Words(FrameReading reading) => reading is { IsPacked: false, After.Length: 0 }
        ? reading.Words
        : !reading.IsPacked
        ? $"{reading.Words} ({reading.Way})"
        : string.Create(CultureInfo.InvariantCulture, $"{reading.Words} ({reading.Way}, {reading.Content.Length} bytes come out)");

    private IEnumerable<string> Body(FrameReading reading) => reading switch
    {
        { Document: { } document } => (reading.After.Length == 0 ? Array.Empty<string>() : [$"\"{Printable.Of(reading.Text, _maxText)}\""]).Concat(Values(document)),
        { Form: FrameForm.Text } => reading.Text.Split('\n').Select(line => $"\"{Printable.Of(line.TrimEnd('\r'), _maxText)}\""),
        _ => Dump(reading.Content),
    };

    private IEnumerable<string> Values(SeenDocument document)
    {
        List<(string Path, string Value)> lines = [.. Walk(document.Root).Take(_maxLines + 1)];
        var width = Math.Min(WidestPath, lines.Max(line => line.Path.Length));
        return lines.Select(line => line.Value.Length == 0 ? line.Path : $"{line.Path.PadRight(width)}  {line.Value}");
    }

    private IEnumerable<(string Path, string Value)> Walk(DocumentNode node)
    {
        if (node.IsLeaf)
        {
            yield return (PathOf(node), node.Kind == DocumentKind.Text
                ? $"\"{Printable.Of(node.Text, _maxText).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
                : Printable.Of(node.Text, _maxText));
        }

        foreach (var (_, child) in node.Children)
        {
            foreach (var line in Walk(child))
            {
                yield return line;
            }
        }

        if (node.LeftOut > 0)
        {
            yield return (string.Create(CultureInfo.InvariantCulture, $"… {node.LeftOut} more in {PathOf(node)}: too many to look at"), "");
        }
    }

    // As a configuration takes it; in quotes with escapes where it has characters that cannot be shown.
    private static string PathOf(DocumentNode node) => node.Path is null ? "(its path is too long)"
        : Printable.Of(node.Path) == node.Path ? node.Path
        : YamlText.Scalar(node.Path);

    private static IEnumerable<string> Dump(ReadOnlyMemory<byte> bytes)
    {
        for (var offset = 0; offset < bytes.Length; offset += BytesInALine)
        {
            var line = bytes.Span[offset..Math.Min(bytes.Length, offset + BytesInALine)];
            var (hex, ascii) = (new StringBuilder(), new StringBuilder());
            for (var i = 0; i < line.Length; i++)
            {
                hex.Append(CultureInfo.InvariantCulture, $"{line[i]:x2}{(i == (BytesInALine / 2) - 1 ? "  " : " ")}");
                ascii.Append(line[i] is >= 0x20 and < 0x7f ? (char)line[i] : '.');
            }

            yield return string.Create(CultureInfo.InvariantCulture, $"{offset,6}  {hex,-49} |{ascii}|");
        }
    }

    private IEnumerable<string> Bounded(IEnumerable<string> lines)
    {
        var left = 0;
        foreach (var line in lines)
        {
            if (left++ < _maxLines)
            {
                yield return line;
            }
            else if (left > (10 * _maxLines) + 1)
            {
                break; // how many more there are is no longer of interest
            }
        }

        if (left > _maxLines)
        {
            yield return isFull ? "… and more" : string.Create(CultureInfo.InvariantCulture, $"… more lines: --full shows them");
        }
    }
}
