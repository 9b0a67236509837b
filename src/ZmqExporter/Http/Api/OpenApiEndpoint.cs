using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Embedding;

namespace ZmqExporter.Http.Api;

/// <summary><c>/api/v1/openapi.json</c>: docs/openapi.json, which is part of the executable.</summary>
internal static class OpenApiEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="responses">Sends it.</param>
    public static void MapOpenApi(this IEndpointRouteBuilder endpoints, RenderedResponses responses) =>
        endpoints.MapMethods("/api/v1/openapi.json", TextResponse.ReadMethods, (RequestDelegate)(context => responses.AnswerAsync(
            context,
            "application/json",
            async (stream, cancellation) =>
            {
                await using var document = EmbeddedFiles.Open("openapi.json");
                await document.CopyToAsync(stream, cancellation);
            },
            context.Request.Path))).WithSummary("The description of the JSON API, in OpenAPI 3.1.");
}
