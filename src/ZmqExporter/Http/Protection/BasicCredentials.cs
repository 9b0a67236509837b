using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ZmqExporter.Http.Protection;

/// <summary>Reads the header of basic authentication (RFC 7617).</summary>
internal static class BasicCredentials
{
    private const string Scheme = "Basic ";

    /// <summary>Reads <c>Basic …</c>; false when it is anything else.</summary>
    public static bool TryParse(string? header, [NotNullWhen(true)] out string? user, [NotNullWhen(true)] out string? password)
    {
        user = null;
        password = null;
        if (header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        var encoded = header.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var count))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, count);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        user = text[..colon];
        password = text[(colon + 1)..];
        return true;
    }
}
