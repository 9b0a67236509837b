using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.OnDemand;

namespace ZmqExporter.Http;

/// <summary><c>/</c>: what runs here and how the targets are.</summary>
internal static class StatusPageEndpoint
{
    private static readonly string Policy =
        $"default-src 'none'; style-src '{StatusPageStyle.Hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the page.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="targets">The targets as they are now. Called from any thread.</param>
    /// <param name="responses">Sends it.</param>
    /// <param name="recent">The last probes on demand; null where there are none. Called from any thread.</param>
    /// <param name="shard">Which of all targets these are; null for all of them.</param>
    public static IEndpointConventionBuilder MapStatusPage(
        this IEndpointRouteBuilder endpoints, Func<IEnumerable<TargetStatus>> targets, RenderedResponses responses, Func<IReadOnlyList<RecentProbe>>? recent = null, Shard? shard = null) =>
        endpoints.MapMethods("/", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            context.Response.Headers.ContentSecurityPolicy = Policy;
            return responses.AnswerAsync(context, "text/html; charset=utf-8", async (stream, _) =>
            {
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
                await StatusPage.WriteAsync(writer, BuildInfo.Current, targets(), recent?.Invoke() ?? [], shard);
            });
        }));
}
