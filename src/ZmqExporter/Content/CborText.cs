using System.Buffers;
using System.Formats.Cbor;
using System.Globalization;

namespace ZmqExporter.Content;

/// <summary>CBOR as JSON, so that the same paths lead into both. Thread-safe.</summary>
internal static class CborText
{
    /// <summary>Writes a value and all in it as JSON. Tags are left out: a tagged value is the value.</summary>
    /// <param name="bytes">One value and nothing else, of any origin.</param>
    /// <param name="output">Takes the JSON: never more than a few times as long.</param>
    /// <param name="marksBytes">Whether bytes are told from texts: see <see cref="MarkedBytes"/>.</param>
    /// <returns>False when it is not CBOR, or nested too deeply.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output, bool marksBytes = false)
    {
        try
        {
            var reader = new CborReader(bytes.ToArray(), CborConformanceMode.Lax);
            using var json = new BinaryJsonWriter(output, marksBytes);
            Write(reader, json, depth: 0);
            json.Flush();
            return reader.BytesRemaining == 0;
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException or OverflowException or FormatException)
        {
            return false;
        }
    }

    private static void Write(CborReader reader, BinaryJsonWriter json, int depth)
    {
        BinaryJsonWriter.CheckDepth(depth);
        SkipTags(reader);
        switch (reader.PeekState())
        {
            case CborReaderState.Null or CborReaderState.SimpleValue when TryReadNothing(reader):
                json.Writer.WriteNullValue();
                break;
            case CborReaderState.Boolean:
                json.Writer.WriteBooleanValue(reader.ReadBoolean());
                break;
            case CborReaderState.UnsignedInteger:
                json.Writer.WriteNumberValue(reader.ReadUInt64());
                break;
            case CborReaderState.NegativeInteger:
                json.WriteRaw((-1 - (Int128)reader.ReadCborNegativeIntegerRepresentation()).ToString(CultureInfo.InvariantCulture));
                break;
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat:
                json.WriteNumber(reader.ReadSingle(), isSingle: true);
                break;
            case CborReaderState.DoublePrecisionFloat:
                json.WriteNumber(reader.ReadDouble(), isSingle: false);
                break;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                json.Writer.WriteStringValue(reader.ReadTextString());
                break;
            case CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString:
                json.WriteBytes(reader.ReadByteString());
                break;
            case CborReaderState.StartArray:
                WriteArray(reader, json, depth);
                break;
            case CborReaderState.StartMap:
                WriteMap(reader, json, depth);
                break;
            default:
                throw new CborContentException("this cannot be read as a value");
        }
    }

    private static bool TryReadNothing(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
        }
        else
        {
            _ = reader.ReadSimpleValue(); // undefined, and what nobody has given a meaning
        }

        return true;
    }

    private static void WriteArray(CborReader reader, BinaryJsonWriter json, int depth)
    {
        _ = reader.ReadStartArray();
        json.Writer.WriteStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            Write(reader, json, depth + 1);
        }

        reader.ReadEndArray();
        json.Writer.WriteEndArray();
    }

    private static void WriteMap(CborReader reader, BinaryJsonWriter json, int depth)
    {
        _ = reader.ReadStartMap();
        json.Writer.WriteStartObject();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            WriteName(reader, json);
            Write(reader, json, depth + 1);
        }

        reader.ReadEndMap();
        json.Writer.WriteEndObject();
    }

    private static void WriteName(CborReader reader, BinaryJsonWriter json)
    {
        SkipTags(reader);
        switch (reader.PeekState())
        {
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                json.Writer.WritePropertyName(reader.ReadTextString());
                break;
            case CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString:
                json.WriteName(reader.ReadByteString());
                break;
            case CborReaderState.UnsignedInteger:
                json.WriteName(reader.ReadUInt64());
                break;
            case CborReaderState.NegativeInteger:
                json.WriteName(reader.ReadInt64());
                break;
            default:
                throw new CborContentException("the key of a map is neither a text nor a whole number");
        }
    }

    private static void SkipTags(CborReader reader)
    {
        while (reader.PeekState() == CborReaderState.Tag)
        {
            _ = reader.ReadTag();
        }
    }
}
