using System.Buffers;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Text;
using MessagePack;

namespace ZmqExporter.Content;

/// <summary>Writes single values as MessagePack or CBOR. Thread-safe.</summary>
internal static class PackedScalar
{
    /// <summary>Writes a text.</summary>
    /// <param name="format">MessagePack or CBOR.</param>
    /// <param name="utf8">It, in UTF-8.</param>
    /// <param name="output">Where to.</param>
    public static void WriteText(DocumentFormat format, ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        if (format == DocumentFormat.MessagePack)
        {
            var writer = new MessagePackWriter(output);
            writer.WriteString(utf8);
            writer.Flush();
        }
        else
        {
            WriteCbor(output, utf8, static (writer, text) => writer.WriteTextString(Encoding.UTF8.GetString(text)));
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="format">MessagePack or CBOR.</param>
    /// <param name="bytes">Them.</param>
    /// <param name="output">Where to.</param>
    public static void WriteBytes(DocumentFormat format, ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (format == DocumentFormat.MessagePack)
        {
            var writer = new MessagePackWriter(output);
            writer.Write(bytes);
            writer.Flush();
        }
        else
        {
            WriteCbor(output, bytes, static (writer, bytes) => writer.WriteByteString(bytes));
        }
    }

    /// <summary>Writes a number.</summary>
    /// <param name="format">MessagePack or CBOR.</param>
    /// <param name="digits">It, as JSON writes it.</param>
    /// <param name="output">Where to.</param>
    public static void WriteNumber(DocumentFormat format, ReadOnlySpan<byte> digits, IBufferWriter<byte> output)
    {
        var isWhole = Utf8Parser.TryParse(digits, out ulong whole, out var read) && read == digits.Length;
        var isNegative = Utf8Parser.TryParse(digits, out long negative, out read) && read == digits.Length;
        _ = Utf8Parser.TryParse(digits, out double real, out _);
        if (format == DocumentFormat.MessagePack)
        {
            var writer = new MessagePackWriter(output);
            if (isWhole)
            {
                writer.Write(whole);
            }
            else if (isNegative)
            {
                writer.Write(negative);
            }
            else
            {
                writer.Write(real);
            }

            writer.Flush();
            return;
        }

        WriteCbor(output, digits, (writer, _) =>
        {
            if (isWhole)
            {
                writer.WriteUInt64(whole);
            }
            else if (isNegative)
            {
                writer.WriteInt64(negative);
            }
            else
            {
                writer.WriteDouble(real);
            }
        });
    }

    private static void WriteCbor(IBufferWriter<byte> output, ReadOnlySpan<byte> value, CborWrite write)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        write(writer, value);
        output.Advance(writer.Encode(output.GetSpan(writer.BytesWritten)));
    }

    private delegate void CborWrite(CborWriter writer, ReadOnlySpan<byte> value);
}
