using System.Text;
using System.Text.Json;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Http.Pages;

/// <summary>What a frame says to people, in its own format.</summary>
internal static class FrameText
{
    /// <summary>The frame as JSON, laid out for reading; null when it is no object or list.</summary>
    /// <param name="frame">A frame of which all bytes are kept.</param>
    public static string? Decoded(FrameExcerpt frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame.Bytes);
            if (document.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            {
                return null;
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
}
