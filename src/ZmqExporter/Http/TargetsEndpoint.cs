using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Configuration;

namespace ZmqExporter.Http;

/// <summary><c>/sd/targets</c>: what is probed, as a list that Prometheus' http_sd and our own <c>target_urls</c> read.</summary>
internal static class TargetsEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="targets">The targets × modules that are probed now. Called from any thread.</param>
    /// <param name="responses">Sends it.</param>
    /// <param name="missing">Why the list may lack targets now; null when it does not. A list that lacks some, with the status 200, would end them wherever it is read.</param>
    public static IEndpointConventionBuilder MapTargetsEndpoint(
        this IEndpointRouteBuilder endpoints, Func<IEnumerable<TargetConfig>> targets, RenderedResponses responses, Func<string?> missing) =>
        endpoints.MapMethods("/sd/targets", TextResponse.ReadMethods, (RequestDelegate)(context => missing() is { } reason
            ? context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, reason)
            : responses.AnswerAsync(
            context,
            "application/json",
            (stream, cancellation) =>
                JsonSerializer.SerializeAsync(stream, TargetGroupJson.Of(targets()), TargetsJsonContext.Default.TargetGroupJsonArray, cancellation)))).WithSummary("What is probed, in Prometheus' http_sd format.");
}
