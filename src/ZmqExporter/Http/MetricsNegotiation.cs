using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ZmqExporter.Metrics;

namespace ZmqExporter.Http;

/// <summary>Which format a scraper gets (RFC 9110, section 12.5.1).</summary>
internal static class MetricsNegotiation
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string OpenMetricsVersion = "1.0.0";

    /// <summary>The Content-Type of a format.</summary>
    public static string ContentType(MetricsFormat format) => format == MetricsFormat.OpenMetrics
        ? $"{OpenMetricsType}; version={OpenMetricsVersion}; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The format that the Accept header likes best, the first of equals; text when it names neither or cannot be read:
    /// an answer that can be looked at helps more than 406.</summary>
    public static MetricsFormat Choose(IHeaderDictionary headers)
    {
        var best = MetricsFormat.Text;
        var bestQuality = 0.0;
        if (!MediaTypeHeaderValue.TryParseList(headers.Accept, out var accepted))
        {
            return best;
        }

        foreach (var type in accepted)
        {
            var quality = type.Quality ?? 1.0;
            if (quality > bestQuality && FormatOf(type) is { } format)
            {
                best = format;
                bestQuality = quality;
            }
        }

        return best;
    }

    private static MetricsFormat? FormatOf(MediaTypeHeaderValue type)
    {
        if (type.MediaType.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase))
        {
            return Version(type) is null or OpenMetricsVersion ? MetricsFormat.OpenMetrics : null;
        }

        var isText = type.MatchesAllTypes || type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("text/*", StringComparison.OrdinalIgnoreCase);
        return isText ? MetricsFormat.Text : null;
    }

    private static string? Version(MediaTypeHeaderValue type)
    {
        foreach (var parameter in type.Parameters)
        {
            if (parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))
            {
                return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
            }
        }

        return null;
    }
}
