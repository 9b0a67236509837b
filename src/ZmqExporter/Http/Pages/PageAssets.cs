using System.Collections.Frozen;
using System.IO.Hashing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.Embedding;

namespace ZmqExporter.Http.Pages;

/// <summary>The style sheet, the script and the icon of the pages: they are parts of the program.</summary>
internal static class PageAssets
{
    private static readonly FrozenDictionary<string, PageAsset> All = new[]
    {
        Read("board.css", "text/css; charset=utf-8"),
        Read("board.js", "text/javascript; charset=utf-8"),
        Read("icon.svg", "image/svg+xml"),
    }.ToFrozenDictionary(static asset => asset.Name, StringComparer.Ordinal);

    /// <summary>The link to one of them, from the root, such as <c>assets/board.css?v=1a2b</c>: another content has another link.</summary>
    public static string Link(string name) => $"assets/{name}?v={All[name].Version}";

    /// <summary>Maps them.</summary>
    public static void MapPageAssets(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods("/assets/{name}", TextResponse.ReadMethods, static context =>
        {
            if (!All.TryGetValue((string)context.Request.RouteValues["name"]!, out var asset))
            {
                return context.Response.WriteLineAsync(StatusCodes.Status404NotFound, "there is no such file");
            }

            // Whoever asks for this very version need never ask again.
            context.Response.Headers.CacheControl = context.Request.Query["v"] == asset.Version ? "private, max-age=31536000, immutable" : "no-cache";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'"; // an SVG is a document, too
            context.Response.ContentType = asset.ContentType;
            context.Response.ContentLength = asset.Content.Length;
            return HttpMethods.IsHead(context.Request.Method)
                ? Task.CompletedTask
                : context.Response.Body.WriteAsync(asset.Content, context.RequestAborted).AsTask();
        }).WithSummary("The style sheet, script and icon of the pages.");

    private static PageAsset Read(string name, string contentType)
    {
        using var stream = EmbeddedFiles.Open($"assets/{name}");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var content = copy.ToArray();
        return new PageAsset(name, contentType, Convert.ToHexStringLower(XxHash64.Hash(content)), content);
    }

    private sealed record PageAsset(string Name, string ContentType, string Version, byte[] Content);
}
