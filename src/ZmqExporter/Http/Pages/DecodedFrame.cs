using System.Buffers;
using System.Text;
using System.Text.Json;
using ZmqExporter.Content;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>What a frame says to people, in its own format.</summary>
internal static class DecodedFrame
{
    /// <summary>The frame as JSON, laid out for reading, when it is an object or a list in JSON, MessagePack or CBOR; else null.</summary>
    /// <param name="frame">A frame of which all bytes are kept.</param>
    public static string? Of(FrameExcerpt frame)
    {
        var bytes = frame.Bytes.Span;
        return LaidOut(frame.Bytes) ?? Written(bytes, MessagePackText.TryWrite) ?? Written(bytes, CborText.TryWrite);
    }

    private static string? Written(ReadOnlySpan<byte> bytes, Write write)
    {
        var json = new ArrayBufferWriter<byte>();
        return !bytes.IsEmpty && write(bytes, json) ? LaidOut(json.WrittenMemory) : null;
    }

    private static string? LaidOut(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            {
                return null; // any byte is a number in MessagePack: that says nothing
            }

            using var text = new MemoryStream();
            using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
            {
                document.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(text.ToArray());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private delegate bool Write(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output, bool marksBytes = false);
}
