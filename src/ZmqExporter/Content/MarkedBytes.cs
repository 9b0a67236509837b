using System.Text;

namespace ZmqExporter.Content;

/// <summary>
/// How bytes of MessagePack and CBOR stand in the JSON that they are read as, where it matters that they were no text: base64 behind a mark.
/// A text that looks so becomes bytes, and nothing worse.
/// </summary>
internal static class MarkedBytes
{
    private const string Mark = "\u0001bytes:";

    /// <summary>Bytes with the mark.</summary>
    public static string Write(ReadOnlySpan<byte> bytes) => Mark + Convert.ToBase64String(bytes);

    /// <summary>The bytes of a text with the mark; null when it has none.</summary>
    public static byte[]? TryRead(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("\u0001bytes:"u8))
        {
            return null;
        }

        try
        {
            return Convert.FromBase64String(Encoding.ASCII.GetString(text[Mark.Length..]));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
