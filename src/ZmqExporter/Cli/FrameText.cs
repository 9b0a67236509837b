using ZmqExporter.Configuration;

namespace ZmqExporter.Cli;

/// <summary>A frame on the command line: text, or bytes as <c>hex:0400</c>.</summary>
internal static class FrameText
{
    private const string HexPrefix = "hex:";

    /// <summary>Whether the text is bytes in hexadecimal digits.</summary>
    public static bool IsHex(string text) => text.StartsWith(HexPrefix, StringComparison.Ordinal);

    /// <summary>What is wrong with the text and how to write it, or null.</summary>
    public static string? Complaint(string text)
    {
        if (!IsHex(text))
        {
            return null;
        }

        var digits = Digits(text);
        return digits.Any(c => !char.IsAsciiHexDigit(c)) ? $"{Quoted.Text(text)} has a character that is no hexadecimal digit; write two digits a byte, such as hex:0400"
            : digits.Length % 2 != 0 ? $"{Quoted.Text(text)} has an odd number of digits; write two digits a byte, such as hex:0400"
            : null;
    }

    /// <summary>The frame to send. The text must have no <see cref="Complaint"/>.</summary>
    public static FrameConfig ToFrame(string text) => IsHex(text) ? new FrameConfig(null, [.. Bytes(text)]) : new FrameConfig(text, []);

    /// <summary>The bytes. The text must have no <see cref="Complaint"/>.</summary>
    public static EquatableArray<byte> ToBytes(string text) => [.. IsHex(text) ? Bytes(text) : System.Text.Encoding.UTF8.GetBytes(text)];

    /// <summary>The condition that the first frame of a reply is this. The text must have no <see cref="Complaint"/>.</summary>
    public static ExpectConfig ToCondition(string text) =>
        IsHex(text) ? ExpectConfig.EqualsBytes(0, [.. Bytes(text)]) : ExpectConfig.EqualsText(0, text);

    private static byte[] Bytes(string text) => Convert.FromHexString(Digits(text));

    private static string Digits(string text) => string.Concat(text[HexPrefix.Length..].Where(c => !char.IsWhiteSpace(c) && c != ':'));
}
