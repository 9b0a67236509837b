using System.Globalization;
using System.Text;

namespace Zmtp.Wire;

/// <summary>Bytes of a peer as short, harmless text for messages.</summary>
public static class Excerpt
{
    private const int MaxBytes = 48;

    /// <summary>The first bytes in quotes, all but printable ASCII escaped as <c>\x00</c>, an ellipsis when there are more.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(64).Append('"');
        AppendEscaped(text, bytes[..Math.Min(bytes.Length, MaxBytes)]);
        return text.Append(bytes.Length > MaxBytes ? "…\"" : "\"").ToString();
    }

    /// <summary>All bytes in quotes, all but printable ASCII escaped.</summary>
    public static string Whole(ReadOnlySpan<byte> bytes) => $"\"{Escape(bytes)}\"";

    /// <summary>All bytes, without quotes, all but printable ASCII escaped.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        AppendEscaped(text, bytes);
        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            switch (b)
            {
                case (byte)'\r':
                    text.Append("\\r");
                    break;
                case (byte)'\n':
                    text.Append("\\n");
                    break;
                case (byte)'"' or (byte)'\\':
                    text.Append('\\').Append((char)b);
                    break;
                case >= 0x20 and < 0x7F:
                    text.Append((char)b);
                    break;
                default:
                    text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
                    break;
            }
        }
    }
}
