using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ZmqExporter.Http.Pages;

/// <summary><c>/docs/…</c>: the docs of the version that runs.</summary>
internal static class DocsEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="responses">Sends the pages.</param>
    public static void MapDocs(this IEndpointRouteBuilder endpoints, RenderedResponses responses)
    {
        endpoints.MapMethods("/docs/{**page}", TextResponse.ReadMethods, (RequestDelegate)(context =>
        {
            var name = (string?)context.Request.RouteValues["page"] ?? DocsPages.Index;
            if (name == DocsPages.Index && !context.Request.Path.Value!.EndsWith('/'))
            {
                context.Response.StatusCode = StatusCodes.Status302Found;
                context.Response.Headers.Location = "docs/"; // relative, because a proxy may have put something before it
                return Task.CompletedTask;
            }

            if (DocsPages.Find(name) is not { } page)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                var root = string.Concat(Enumerable.Repeat("../", name.Count(static character => character == '/') + 1));
                var missing = new MessageView("No such page", root, "The documentation has no page of this name.", [("All pages", root + "docs/"), ("The board", root)]);
                return responses.AnswerPageAsync(context, () => new Http_Pages_Message { Model = missing });
            }

            return responses.AnswerPageAsync(context, () => new Http_Pages_DocsPage { Model = page });
        })).WithSummary("The documentation of the version that runs.");
    }
}
