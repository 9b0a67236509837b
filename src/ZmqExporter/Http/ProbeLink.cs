using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Targets;

namespace ZmqExporter.Http;

/// <summary><c>/probes/{id}</c>: from an exemplar to the page of the target whose probe it is.</summary>
internal static class ProbeLink
{
    /// <summary>What marks a probe on its target's page.</summary>
    public static string Anchor(string id) => "probe-" + id;

    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="find">The target that still knows a probe; null when none does.</param>
    public static void MapProbeLink(this IEndpointRouteBuilder endpoints, Func<string, Target?> find) =>
        endpoints.MapMethods("/probes/{id}", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var id = (string)context.Request.RouteValues["id"]!;
            if (find(id) is not { } target)
            {
                return context.Response.WriteLineAsync(StatusCodes.Status404NotFound, "no target knows this probe any more: each keeps its last ones; /api/v1/targets lists the targets");
            }

            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = $"../targets/{TargetPath.Of(target.Key)}#{Anchor(id)}"; // relative, because a proxy may have put something before it
            return Task.CompletedTask;
        })).WithSummary("From the identity of a probe, as exemplars carry it, to the page of its target.");
}
