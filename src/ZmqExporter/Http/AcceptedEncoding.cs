using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ZmqExporter.Http;

/// <summary>Which content encoding a client takes (RFC 9110, section 12.5.3).</summary>
internal static class AcceptedEncoding
{
    /// <summary>Whether gzip is accepted. Not without being asked for, though the RFC would allow it.</summary>
    public static bool IsGzip(IHeaderDictionary headers)
    {
        var any = false;
        if (!StringWithQualityHeaderValue.TryParseList(headers.AcceptEncoding, out var accepted))
        {
            return false;
        }

        foreach (var encoding in accepted)
        {
            var isAccepted = encoding.Quality is null or > 0;
            if (encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase)
                || encoding.Value.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
            {
                return isAccepted;
            }

            any |= isAccepted && encoding.Value == "*";
        }

        return any;
    }
}
