using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ZmqExporter.Http;

/// <summary>The path of the external URL, for a proxy that passes it on. All links are relative, so one that strips it needs nothing.</summary>
internal static class PathPrefix
{
    /// <summary>Serves everything below the prefix, too. Comes before everything that looks at paths.</summary>
    /// <param name="app">Where.</param>
    /// <param name="url">The external URL, or null.</param>
    public static void UsePathPrefix(this WebApplication app, PublicUrl? url)
    {
        if (url is { Path.HasValue: true })
        {
            app.UsePathBase(url.Path);
            app.UseRouting(); // else the host would put it before the line above
        }
    }

    /// <summary>Whether a request asks for the prefix without the slash that relative links need.</summary>
    public static bool LacksSlash(HttpRequest request) => request.PathBase.HasValue && !request.Path.HasValue;

    /// <summary>Sends the client to the same address with the slash.</summary>
    public static Task AddSlashAsync(HttpContext context)
    {
        var path = context.Request.PathBase.ToUriComponent();
        context.Response.StatusCode = StatusCodes.Status302Found;
        // Relative, as all links are; with "./", since "a:1/" would be of another scheme.
        context.Response.Headers.Location = $"./{path[(path.LastIndexOf('/') + 1)..]}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }
}
