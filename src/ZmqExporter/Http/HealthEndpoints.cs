using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ZmqExporter.Http;

/// <summary><c>/-/healthy</c>: should it be restarted? <c>/-/ready</c>: should it be scraped? Both are free of authentication.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps both.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="health">Whether the scheduler works, and if not the reason. Called from any thread.</param>
    /// <param name="isReady">Whether probing has started and does not end yet. Called from any thread.</param>
    public static void MapHealthEndpoints(
        this IEndpointRouteBuilder endpoints, Func<(bool Healthy, string Reason)> health, Func<bool> isReady)
    {
        endpoints.MapMethods("/-/healthy", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var (healthy, reason) = health();
            return healthy
                ? context.Response.WriteLineAsync(StatusCodes.Status200OK, "healthy")
                : context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, reason);
        })).WithSummary("200 while the scheduler works; 503 and why when it does not: restart it.");

        endpoints.MapMethods("/-/ready", TextResponse.ReadMethods, (RequestDelegate)(context =>
            isReady()
                ? context.Response.WriteLineAsync(StatusCodes.Status200OK, "ready")
                : context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, "not ready"))).WithSummary("200 while it probes; 503 during the start and the end: do not scrape it.");
    }
}
