using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ZmqExporter.Content;

namespace ZmqExporter.Teaching;

/// <summary>Finds out what a frame is: unpacks it and reads it, within the bounds that the exporter itself keeps. Thread-safe.</summary>
internal static class SeenFrameReader
{
    /// <summary>Longer frames are not looked into, neither here nor by a module.</summary>
    public const int MaxFrame = 1 << 20;

    private const int MaxLayers = 3;
    private const int MaxStart = 256;
    private const int LeastBase64 = 16;
    private const int LeastBrotliText = 16;

    private static ReadOnlySpan<byte> Marks => " |\t\n\0:;,"u8;

    /// <summary>Reads a frame.</summary>
    public static FrameReading Read(SeenFrame frame)
    {
        var bytes = frame.Bytes;
        if (frame.IsCut || frame.Length > MaxFrame)
        {
            return new FrameReading(IsText(bytes.Span, isCut: true) ? FrameForm.Text : FrameForm.Binary, [], bytes)
            {
                Text = IsText(bytes.Span, isCut: true) ? Encoding.UTF8.GetString(bytes.Span) : "",
                Problem = string.Create(CultureInfo.InvariantCulture, $"at most {MaxFrame} bytes of a frame are looked at"),
            };
        }

        return Read(bytes, []);
    }

    private static FrameReading Read(ReadOnlyMemory<byte> bytes, ImmutableArray<Decoding> layers)
    {
        if (bytes.IsEmpty)
        {
            return new FrameReading(FrameForm.Empty, layers, bytes);
        }

        if (TryReadJson(bytes.Span) is { } json)
        {
            return new FrameReading(FrameForm.Document, layers, bytes) { Document = new SeenDocument(DocumentFormat.Json, json) };
        }

        var isText = IsText(bytes.Span, isCut: false);
        string? problem = null;
        if (layers.Length < MaxLayers && Unpack(bytes, layers, isText, out problem) is { } unpacked)
        {
            return unpacked;
        }

        if (TryReadAfter(bytes.Span) is { } part)
        {
            return new FrameReading(FrameForm.Document, layers, bytes) { Document = part.Document, After = part.After, Text = part.Start };
        }

        if (isText)
        {
            return new FrameReading(FrameForm.Text, layers, bytes) { Text = Encoding.UTF8.GetString(bytes.Span) };
        }

        return TryReadBinary(bytes.Span) is { } document
            ? new FrameReading(FrameForm.Document, layers, bytes) { Document = document }
            : new FrameReading(FrameForm.Binary, layers, bytes) { Problem = problem };
    }

    private static FrameReading? Unpack(ReadOnlyMemory<byte> bytes, ImmutableArray<Decoding> layers, bool isText, out string? problem)
    {
        problem = null;
        var span = bytes.Span;
        if (isText)
        {
            // What base64 gives has to be something: many texts could be base64.
            var decoded = LooksLikeBase64(span) ? Decode(Decoding.Base64, bytes, layers, out _) : null;
            return decoded is not null && (decoded.Form == FrameForm.Document || decoded.Decode.Length > layers.Length + 1) ? decoded : null;
        }

        if (span is [0x1f, 0x8b, ..])
        {
            return Decode(Decoding.Gzip, bytes, layers, out problem);
        }

        if (span.Length > 2 && (span[0] & 0x0f) == 8 && span[0] >> 4 <= 7 && ((span[0] << 8) | span[1]) % 31 == 0
            && Decode(Decoding.Zlib, bytes, layers, out problem) is { } inflated)
        {
            return inflated;
        }

        // Brotli has no mark of its own, and short bytes of any kind may be brotli of something.
        return TryReadBinary(span) is null && Decode(Decoding.Brotli, bytes, layers, out _) is { } found
            && (found.Form == FrameForm.Document || (found.Form == FrameForm.Text && found.Content.Length >= LeastBrotliText))
            ? found
            : null;
    }

    private static FrameReading? Decode(Decoding decoding, ReadOnlyMemory<byte> bytes, ImmutableArray<Decoding> layers, out string? problem)
    {
        var output = new ArrayBufferWriter<byte>();
        problem = PayloadDecoder.Decode(decoding, bytes.Span, output)?.TrimStart(',', ' ');
        return problem is null && output.WrittenCount > 0 ? Read(output.WrittenMemory, layers.Add(decoding)) : null;
    }

    private static DocumentNode? TryReadJson(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && bytes[start] is (byte)'{' or (byte)'[' ? DocumentReader.TryRead(bytes) : null;
    }

    // "topic {..}": what many publishers write into one frame. A source finds it behind the first of these characters.
    private static (SeenDocument Document, string After, string Start)? TryReadAfter(ReadOnlySpan<byte> bytes)
    {
        var head = bytes[..Math.Min(bytes.Length, MaxStart)];
        foreach (var mark in Marks)
        {
            var at = head.IndexOf(mark);
            var rest = at < 1 ? [] : bytes[(at + 1)..];
            if (rest.IsEmpty || bytes[..at].ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
            {
                continue;
            }

            var document = TryReadJson(rest) is { } json ? new SeenDocument(DocumentFormat.Json, json)
                : TryReadBinary(rest) is { Root.Kind: DocumentKind.Object } binary ? binary
                : null;
            if (document is { Root.IsLeaf: false })
            {
                return (document, ((char)mark).ToString(), Encoding.ASCII.GetString(bytes[..(at + 1)]));
            }
        }

        return null;
    }

    // A value alone, without others in it, is too little to tell the one format from the other, or from anything.
    private static SeenDocument? TryReadBinary(ReadOnlySpan<byte> bytes)
    {
        var messagePack = bytes[0] is (>= 0x80 and <= 0x9f) or (>= 0xdc and <= 0xdf) ? TryRead(DocumentFormat.MessagePack, bytes) : null;
        var cbor = bytes[0] is (>= 0x80 and <= 0xbf) or (>= 0xc0 and <= 0xdb) ? TryRead(DocumentFormat.Cbor, bytes) : null;
        return messagePack is null || (cbor is { Root.Kind: DocumentKind.Object } && messagePack is { Root.Kind: DocumentKind.Array }) ? cbor : messagePack;
    }

    private static SeenDocument? TryRead(DocumentFormat format, ReadOnlySpan<byte> bytes)
    {
        var json = new ArrayBufferWriter<byte>();
        var isRead = format == DocumentFormat.MessagePack ? MessagePackText.TryWrite(bytes, json) : CborText.TryWrite(bytes, json);
        return isRead && DocumentReader.TryRead(json.WrittenSpan) is { IsLeaf: false } root ? new SeenDocument(format, root) : null;
    }

    private static bool LooksLikeBase64(ReadOnlySpan<byte> text) => text.Length >= LeastBase64 && System.Buffers.Text.Base64.IsValid(text);

    private static bool IsText(ReadOnlySpan<byte> bytes, bool isCut)
    {
        if (isCut)
        {
            // Its last character may be half.
            var end = bytes.Length;
            while (end > 0 && bytes.Length - end < 4 && (bytes[end - 1] & 0xc0) == 0x80)
            {
                end--;
            }

            bytes = bytes[..Math.Max(0, end - 1)];
        }

        return Utf8.IsValid(bytes) && !bytes.ContainsAnyInRange((byte)0x00, (byte)0x08) && !bytes.ContainsAnyInRange((byte)0x0e, (byte)0x1a)
            && !bytes.ContainsAnyInRange((byte)0x1c, (byte)0x1f) && !bytes.Contains((byte)0x7f);
    }
}
