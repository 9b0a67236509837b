using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Http;

/// <summary>Which format a scraper gets (RFC 9110, section 12.5.1).</summary>
internal static class MetricsNegotiation
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string OpenMetricsVersion = "1.0.0";
    private const string ProtobufType = "application/vnd.google.protobuf";
    private const string ProtobufMessage = "io.prometheus.client.MetricFamily";

    /// <summary>The Content-Type of a format.</summary>
    public static string ContentType(MetricsFormat format) => format switch
    {
        MetricsFormat.OpenMetrics => $"{OpenMetricsType}; version={OpenMetricsVersion}; charset=utf-8",
        MetricsFormat.Protobuf => $"{ProtobufType}; proto={ProtobufMessage}; encoding=delimited",
        _ => "text/plain; version=0.0.4; charset=utf-8",
    };

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
            return Parameter(type, "version") is null or OpenMetricsVersion ? MetricsFormat.OpenMetrics : null;
        }

        if (type.MediaType.Equals(ProtobufType, StringComparison.OrdinalIgnoreCase))
        {
            // Other messages, and the encodings for people's eyes, are not what we write.
            return Parameter(type, "proto") is ProtobufMessage && Parameter(type, "encoding") is "delimited" ? MetricsFormat.Protobuf : null;
        }

        var isText = type.MatchesAllTypes || type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("text/*", StringComparison.OrdinalIgnoreCase);
        return isText ? MetricsFormat.Text : null;
    }

    private static string? Parameter(MediaTypeHeaderValue type, string name)
    {
        foreach (var parameter in type.Parameters)
        {
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
            }
        }

        return null;
    }
}
