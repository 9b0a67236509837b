using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ZmqExporter.Http;

/// <summary><c>/config</c>: the config file that is in force, without secrets.</summary>
internal static class ConfigEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="document">The file as YAML without secrets. Called from any thread.</param>
    /// <param name="responses">Sends it.</param>
    public static void MapConfigEndpoint(this IEndpointRouteBuilder endpoints, Func<ReadOnlyMemory<byte>> document, RenderedResponses responses) =>
        endpoints.MapMethods("/config", TextResponse.ReadMethods, (RequestDelegate)(context => responses.AnswerAsync(
            context, "text/plain; charset=utf-8", async (stream, cancellation) => await stream.WriteAsync(document(), cancellation), context.Request.Path))).WithSummary("The configuration in force, as YAML; secrets are masked.");
}
