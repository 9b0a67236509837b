using System.Collections.Immutable;
using System.Globalization;
using Zmtp.Wire;

namespace ZmqExporter.Content;

/// <summary>Where in a message something is: built once a module. Immutable and thread-safe.</summary>
/// <param name="frame">Zero-based number of the frame.</param>
/// <param name="decodings">How the frame is packed, the outermost layer first.</param>
/// <param name="after">What is looked for begins behind the first of these bytes; empty for the whole frame.</param>
/// <param name="selector">Which part of the rest.</param>
internal sealed class MessageSource(int frame, ImmutableArray<Decoding> decodings, ImmutableArray<byte> after, Selector selector)
{
    // Whoever looks into a document makes something of all of it, which takes several times as much.
    private const int MostLookedInto = 16 << 20;

    /// <summary>Zero-based number of the frame.</summary>
    public int Frame => frame;

    /// <summary>What it finds, as the subject of a sentence: "frame 0", <c>$.status</c>.</summary>
    public string Name { get; } = selector.Describe(string.Create(CultureInfo.InvariantCulture, $"frame {frame}"));

    /// <summary>Finds it.</summary>
    /// <param name="bytes">All of the frame.</param>
    /// <param name="buffer">Holds what had to be made of it.</param>
    public FoundValue Find(ReadOnlySpan<byte> bytes, ContentBuffer buffer)
    {
        var unpacked = Unpack(bytes, buffer);
        return unpacked.Exists ? selector.Find(unpacked.Text, buffer) : unpacked;
    }

    /// <summary>The document that it looks into, as JSON that nobody has read yet; only for a source with a path.</summary>
    /// <param name="bytes">All of the frame.</param>
    /// <param name="buffer">Holds what had to be made of it: see <see cref="ContentBuffer.Current"/>.</param>
    public FoundValue FindDocument(ReadOnlySpan<byte> bytes, ContentBuffer buffer)
    {
        var unpacked = Unpack(bytes, buffer);
        return unpacked.Exists ? selector.FindDocument(unpacked.Text, buffer) : unpacked;
    }

    private FoundValue Unpack(ReadOnlySpan<byte> bytes, ContentBuffer buffer)
    {
        foreach (var decoding in decodings)
        {
            var output = buffer.Next();
            if (PayloadDecoder.Decode(decoding, bytes, output) is { } problem)
            {
                return FoundValue.Nothing(problem);
            }

            bytes = output.WrittenSpan;
        }

        if (after.IsEmpty)
        {
            return Bounded(bytes);
        }

        var at = bytes.IndexOf(after.AsSpan());
        return at < 0
            ? FoundValue.Nothing($", in which {Excerpt.Of(after.AsSpan())} is missing", FoundKind.Missing)
            : Bounded(bytes[(at + after.Length)..]);
    }

    private FoundValue Bounded(ReadOnlySpan<byte> bytes) => selector.LooksInto && bytes.Length > MostLookedInto
        ? FoundValue.Nothing(string.Create(CultureInfo.InvariantCulture, $", which has more than {MostLookedInto >> 20} MiB: too much to look into"))
        : FoundValue.OfText(bytes);
}
