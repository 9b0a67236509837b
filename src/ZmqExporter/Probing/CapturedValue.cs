using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using ZmqExporter.Content;

namespace ZmqExporter.Probing;

/// <summary>A captured value.</summary>
/// <param name="Bytes">As it came: a frame's bytes, a text in UTF-8, the digits of a number, the JSON of anything else.</param>
/// <param name="Kind">A number, a text, or <see cref="FoundKind.Other"/> for bytes that were bytes in their document.</param>
internal readonly record struct CapturedValue(byte[] Bytes, FoundKind Kind)
{
    /// <summary>Whether it can stand in a text.</summary>
    public bool IsText => Utf8.IsValid(Bytes);

    /// <summary>Appends it as it stands in a string of JSON.</summary>
    public void WriteInJson(IBufferWriter<byte> output) => output.Write(JsonEncodedText.Encode(Bytes, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);

    /// <summary>Appends it as a value of a document, of the type that it had.</summary>
    public void WritePacked(DocumentFormat format, IBufferWriter<byte> output)
    {
        if (Kind == FoundKind.Number)
        {
            PackedScalar.WriteNumber(format, Bytes, output);
        }
        else if (Kind == FoundKind.Text && IsText)
        {
            PackedScalar.WriteText(format, Bytes, output);
        }
        else
        {
            PackedScalar.WriteBytes(format, Bytes, output);
        }
    }
}
