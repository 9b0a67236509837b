using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ZmqExporter.Configuration.Yaml;

namespace ZmqExporter.Configuration;

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

    // The recursion is as deep as the document, which YamlReader bounds.
    private static bool TryWrite(Utf8JsonWriter writer, ConfigValue value)
    {
        switch (value.Node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    if (!TryWrite(writer, value with { Node = entry.Value, Path = Quoted.Path(value.Path, entry.Key) }))
                    {
                        return false;
                    }
                }

                writer.WriteEndObject();
                return true;
            case YamlSequence list:
                writer.WriteStartArray();
                foreach (var item in list.Items.Select((node, index) => value with { Node = node, Path = Quoted.Path(value.Path, index) }))
                {
                    if (!TryWrite(writer, item))
                    {
                        return false;
                    }
                }

                writer.WriteEndArray();
                return true;
            default:
                return TryWriteScalar(writer, value, (YamlScalar)value.Node);
        }
    }

    private static bool TryWriteScalar(Utf8JsonWriter writer, ConfigValue value, YamlScalar scalar)
    {
        if (scalar.IsBroken)
        {
            return false;
        }

        switch (JsonScalar.Of(scalar))
        {
            case { Kind: JsonValueKind.String, Text: var text }:
                writer.WriteStringValue(text);
                return true;
            case { Kind: JsonValueKind.Undefined }:
                value.Error($"{value.Shown} has no spelling in JSON", "put it in quotes to send it as a string");
                return false;
            case { Text: var text }:
                writer.WriteRawValue(text);
                return true;
        }
    }
}
