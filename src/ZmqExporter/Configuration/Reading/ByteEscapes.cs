using YamlDotNet.Core.Events;

namespace ZmqExporter.Configuration.Reading;

/// <summary>Escapes such as <c>\xff</c>, which to YAML are characters and not bytes.</summary>
internal static class ByteEscapes
{
    /// <summary>The first escape of a character from U+0080 to U+00FF in a scalar in double quotes; null when there is none.</summary>
    /// <param name="scalar">The scalar.</param>
    /// <param name="text">The file's text.</param>
    public static string? First(Scalar scalar, string text)
    {
        if (!scalar.Value.AsSpan().ContainsAnyInRange('\u0080', '\u00ff'))
        {
            return null;
        }

        var (start, end) = ((int)Math.Clamp(scalar.Start.Index, 0, text.Length), (int)Math.Clamp(scalar.End.Index, 0, text.Length));
        for (var i = text.IndexOf('\\', start); i >= 0 && i + 1 < end; i = text.IndexOf('\\', i))
        {
            var digits = text[i + 1] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0 && i + 2 + digits <= end
                && uint.TryParse(text.AsSpan(i + 2, digits), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code)
                && code is >= 0x80 and <= 0xff)
            {
                return text.Substring(i, 2 + digits);
            }

            i += 2 + digits;
            if (i >= end)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Reports a scalar with such an escape where its bytes count; false after an error.</summary>
    public static bool Check(ConfigValue value)
    {
        if (value.Node is not YamlScalar { ByteEscape: { } escape } scalar || value.IsFromEnvironment)
        {
            return true;
        }

        const int MaxBytes = 32;
        var code = (char)Convert.ToUInt32(escape[2..], 16);
        var encoded = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes([code]));
        var isWhole = scalar.Text.Length <= MaxBytes && scalar.Text.All(c => c <= 0xff);
        var hex = isWhole ? $"write {{hex: {Convert.ToHexStringLower([.. scalar.Text.Select(c => (byte)c)])}}}" : "write the frame as {hex: ..}";
        value.Error(
            $"{escape} is the character U+{(int)code:X4} and not a byte: in UTF-8 it is the two bytes {encoded[..2]} {encoded[2..]}",
            $"{hex} if you mean the byte; else write the character itself");
        return false;
    }
}
