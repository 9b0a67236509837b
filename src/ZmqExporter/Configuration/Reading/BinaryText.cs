namespace ZmqExporter.Configuration.Reading;

/// <summary>Bytes written as text.</summary>
internal static class BinaryText
{
    private const string HexRemedy = "write two hexadecimal digits a byte: 04 00";
    private const string Base64Remedy = "write the bytes in base64: BAA=";

    /// <summary>Reads hexadecimal digits, with spaces where they help; null after an error.</summary>
    public static byte[]? ReadHex(ConfigValue value)
    {
        if (value.ReadText(HexRemedy) is not { } text)
        {
            return null;
        }

        var digits = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        if (digits.Any(c => !char.IsAsciiHexDigit(c)))
        {
            value.Error(
                $"{value.Shown} has a character that is no hexadecimal digit",
                text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? $"remove the 0x; {HexRemedy}" : HexRemedy);
            return null;
        }

        if (digits.Length % 2 != 0)
        {
            value.Error($"{value.Shown} has an odd number of digits", HexRemedy);
            return null;
        }

        return Convert.FromHexString(digits);
    }

    /// <summary>Reads base64, with white space where it helps; null after an error.</summary>
    public static byte[]? ReadBase64(ConfigValue value)
    {
        if (value.ReadText(Base64Remedy) is not { } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var count))
        {
            return bytes[..count];
        }

        value.Error($"{value.Shown} is not base64", $"{Base64Remedy}; its length is a multiple of 4, with = at the end where needed");
        return null;
    }
}
