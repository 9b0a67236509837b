using System.Buffers;
using System.Text.Json;
using MessagePack;

namespace ZmqExporter.Content;

/// <summary>MessagePack as JSON, so that the same paths lead into both. Thread-safe.</summary>
internal static class MessagePackText
{
    /// <summary>Writes a value and all in it as JSON.</summary>
    /// <param name="bytes">One value and nothing else, of any origin.</param>
    /// <param name="output">Takes the JSON: never more than a few times as long.</param>
    /// <param name="marksBytes">Whether bytes are told from texts: see <see cref="MarkedBytes"/>.</param>
    /// <returns>False when it is not MessagePack, or nested too deeply.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output, bool marksBytes = false)
    {
        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length); // the reader takes no span
        try
        {
            bytes.CopyTo(rented);
            var reader = new MessagePackReader(rented.AsMemory(0, bytes.Length));
            using var json = new BinaryJsonWriter(output, marksBytes);
            Write(ref reader, json, depth: 0);
            json.Flush();
            return reader.End;
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or OverflowException
            or InvalidOperationException or ArgumentOutOfRangeException) // the last one: bytes that say they are longer than 2 GiB
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Write(ref MessagePackReader reader, BinaryJsonWriter json, int depth)
    {
        BinaryJsonWriter.CheckDepth(depth);
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Nil:
                reader.ReadNil();
                json.Writer.WriteNullValue();
                break;
            case MessagePackType.Boolean:
                json.Writer.WriteBooleanValue(reader.ReadBoolean());
                break;
            case MessagePackType.Integer when IsNegative(reader.NextCode):
                json.Writer.WriteNumberValue(reader.ReadInt64());
                break;
            case MessagePackType.Integer:
                json.Writer.WriteNumberValue(reader.ReadUInt64());
                break;
            case MessagePackType.Float:
                var isSingle = reader.NextCode == MessagePackCode.Float32;
                json.WriteNumber(isSingle ? reader.ReadSingle() : reader.ReadDouble(), isSingle);
                break;
            case MessagePackType.String:
                json.WriteText(ReadText(ref reader));
                break;
            case MessagePackType.Binary:
                json.WriteBytes(reader.ReadBytes() is { } binary ? binary.ToArray() : []);
                break;
            case MessagePackType.Array:
                WriteArray(ref reader, json, depth);
                break;
            case MessagePackType.Map:
                WriteMap(ref reader, json, depth);
                break;
            default:
                WriteExtension(ref reader, json);
                break;
        }
    }

    private static void WriteArray(ref MessagePackReader reader, BinaryJsonWriter json, int depth)
    {
        json.Writer.WriteStartArray();
        for (var rest = reader.ReadArrayHeader(); rest > 0; rest--)
        {
            Write(ref reader, json, depth + 1);
        }

        json.Writer.WriteEndArray();
    }

    private static void WriteMap(ref MessagePackReader reader, BinaryJsonWriter json, int depth)
    {
        json.Writer.WriteStartObject();
        for (var rest = reader.ReadMapHeader(); rest > 0; rest--)
        {
            WriteName(ref reader, json);
            Write(ref reader, json, depth + 1);
        }

        json.Writer.WriteEndObject();
    }

    private static void WriteName(ref MessagePackReader reader, BinaryJsonWriter json)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.String:
                json.WriteName(ReadText(ref reader));
                break;
            case MessagePackType.Binary:
                json.WriteName(reader.ReadBytes() is { } binary ? binary.ToArray() : []);
                break;
            case MessagePackType.Integer when IsNegative(reader.NextCode):
                json.WriteName(reader.ReadInt64());
                break;
            case MessagePackType.Integer:
                json.WriteName(reader.ReadUInt64());
                break;
            default:
                throw new InvalidOperationException("the key of a map is neither a text nor a whole number");
        }
    }

    private static void WriteExtension(ref MessagePackReader reader, BinaryJsonWriter json)
    {
        var peek = reader.CreatePeekReader();
        if (peek.ReadExtensionFormatHeader().TypeCode == ReservedMessagePackExtensionTypeCode.DateTime)
        {
            json.Writer.WriteStringValue(reader.ReadDateTime()); // ISO 8601
            return;
        }

        json.WriteText(reader.ReadExtensionFormat().Data.ToArray());
    }

    // All of the bytes are in one piece, so that a text is never in two.
    private static ReadOnlySpan<byte> ReadText(ref MessagePackReader reader) => reader.TryReadStringSpan(out var text) ? text : [];

    private static bool IsNegative(byte code) =>
        code is >= MessagePackCode.MinNegativeFixInt or MessagePackCode.Int8 or MessagePackCode.Int16 or MessagePackCode.Int32 or MessagePackCode.Int64;
}
