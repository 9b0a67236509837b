using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ZmqExporter.Probing.OneShot;

/// <summary>An object of JSON on one line, for a terminal or a file: a web page must not contain it as it is.</summary>
internal static class OneLineJson
{
    // Texts as they are, as far as JSON allows.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line, without its end.</summary>
    /// <param name="value">The object.</param>
    /// <param name="type">Writes it. One that can only write is enough, and is less of the native program than one that can read, too; such a one takes the
    /// escapes of the writer, and none of its own.</param>
    public static string Of<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
