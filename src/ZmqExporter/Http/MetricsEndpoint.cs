using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using ZmqExporter.Metrics;

namespace ZmqExporter.Http;

/// <summary><c>/metrics</c>.</summary>
internal static class MetricsEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="metrics">What it shows.</param>
    /// <param name="responses">Sends it.</param>
    public static IEndpointConventionBuilder MapMetricsEndpoint(
        this IEndpointRouteBuilder endpoints, ExporterMetrics metrics, RenderedResponses responses) =>
        endpoints.MapMethods("/metrics", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            context.Response.Headers.Vary = HeaderNames.Accept;
            var format = MetricsNegotiation.Choose(context.Request.Headers);
            return responses.AnswerAsync(
                context,
                MetricsNegotiation.ContentType(format),
                (stream, cancellation) => metrics.WriteAsync(stream, format, cancellation));
        })).WithSummary("The metrics, as text, OpenMetrics or protobuf, whichever the scraper asks for.");
}
