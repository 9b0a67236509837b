using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Writes a YAML value as compact JSON of the same types.</summary>
internal static class JsonText
{
    // Only quotes, backslashes and control characters are escaped: the frame is no part of a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = false };

    /// <summary>The value as JSON, or null after an error.</summary>
    public static string? Write(ConfigValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            if (!TryWrite(writer, value))
            {
                return null;
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // The recursion is as deep as the document, which YamlReader bounds. It goes on after an error, to find the others.
    private static bool TryWrite(Utf8JsonWriter writer, ConfigValue value)
    {
        var isGood = true;
        switch (value.Node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    isGood &= TryWrite(writer, value with { Node = entry.Value, Path = Quoted.Path(value.Path, entry.Key) });
                }

                writer.WriteEndObject();
                return isGood;
            case YamlSequence list:
                writer.WriteStartArray();
                for (var i = 0; i < list.Items.Length; i++)
                {
                    isGood &= TryWrite(writer, value with { Node = list.Items[i], Path = Quoted.Path(value.Path, i) });
                }

                writer.WriteEndArray();
                return isGood;
            default:
                return TryWriteScalar(writer, value, (YamlScalar)value.Node);
        }
    }

    private static bool TryWriteScalar(Utf8JsonWriter writer, ConfigValue value, YamlScalar scalar)
    {
        var json = JsonScalar.Of(scalar);
        switch (json.Kind)
        {
            case JsonValueKind.String:
                writer.WriteStringValue(json.Text);
                break;
            case JsonValueKind.Undefined:
                value.Error($"{value.Shown} has no spelling in JSON", "put it in quotes to send it as a string");
                writer.WriteNullValue();
                return false;
            default:
                writer.WriteRawValue(json.Text);
                break;
        }

        return !scalar.IsBroken;
    }
}
