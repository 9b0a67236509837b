using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>Numbers at the first offsets of a frame of unknown form. Nothing is known of them: only one that grows, or is a time near now, may mean something.</summary>
internal static class ByteColumns
{
    private const int MaxFrame = 16;
    private const int MaxOffset = 64;

    private static readonly ImmutableArray<BinaryNumber> Formats =
    [
        .. BinaryNumber.All()
            .Where(format => format is { Kind: BinaryKind.Unsigned, Size: > 1 } or { Kind: BinaryKind.Float, Size: 8 })
            .OrderByDescending(format => format.Size),
    ];

    /// <summary>The numbers that may mean something, the longest first.</summary>
    /// <param name="frame">The number of the frame.</param>
    /// <param name="way">The keys that lead into it.</param>
    /// <param name="messages">All messages, read.</param>
    /// <param name="seen">The messages.</param>
    public static IEnumerable<Column> Of(int frame, string way, ImmutableArray<ImmutableArray<FrameReading>> messages, ImmutableArray<SeenMessage> seen)
    {
        if (frame >= MaxFrame || messages.Any(message => message.Length <= frame))
        {
            yield break;
        }

        var shortest = messages.Min(message => message[frame].Content.Length);
        var isWhole = way.Length == 0 && messages.All(message => message[frame].Content.Length == shortest);
        foreach (var format in Formats)
        {
            for (var offset = 0; offset < MaxOffset && offset + format.Size <= shortest; offset++)
            {
                if (Texts(frame, offset, format, messages, seen) is { } texts)
                {
                    var column = new Column(
                        new Place(frame, way, string.Create(CultureInfo.InvariantCulture, $"offset: {offset}, format: {format.Name}")),
                        ColumnOrigin.Bytes,
                        [],
                        string.Create(CultureInfo.InvariantCulture, $"the {format.Name} at byte {offset} of frame {frame}"),
                        messages.Length)
                    {
                        Bytes = new ByteRange(offset, format, isWhole && shortest == format.Size),
                    };
                    for (var message = 0; message < texts.Length; message++)
                    {
                        column.Add(message, DocumentKind.Number, texts[message]);
                    }

                    yield return column;
                }
            }
        }
    }

    private static string[]? Texts(int frame, int offset, BinaryNumber format, ImmutableArray<ImmutableArray<FrameReading>> messages, ImmutableArray<SeenMessage> seen)
    {
        var output = new ArrayBufferWriter<byte>();
        var texts = new string[messages.Length];
        var (isTime, grows, last) = (true, format.Kind == BinaryKind.Unsigned && messages.Length > 1, ulong.MaxValue);
        for (var message = 0; message < messages.Length; message++)
        {
            output.ResetWrittenCount();
            texts[message] = Encoding.ASCII.GetString(format.Read(messages[message][frame].Content.Span[offset..], output).Text);
            isTime = isTime && SeenTime.Of(texts[message], seen[message].At) is { } time && time.Age.Duration() <= SeenTime.Recent;
            if (grows)
            {
                var number = ulong.Parse(texts[message], NumberStyles.None, CultureInfo.InvariantCulture);
                grows = message == 0 || number >= last; // those of several topics may stand side by side, with one number each
                last = number;
            }

            if (!isTime && !grows)
            {
                return null;
            }
        }

        return isTime || texts[0] != texts[^1] ? texts : null;
    }
}
