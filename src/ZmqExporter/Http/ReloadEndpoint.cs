using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ZmqExporter.Http;

/// <summary><c>POST /-/reload</c>: puts the config file in force anew.</summary>
internal static class ReloadEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="reload">Reloads, and says whether it went well and what changed, or what is wrong; null when the command line does not allow it.</param>
    public static void MapReloadEndpoint(this IEndpointRouteBuilder endpoints, Func<Task<(bool Success, string Words)>>? reload) =>
        endpoints.MapPost("/-/reload", (RequestDelegate)(async context =>
        {
            if (reload is null)
            {
                await context.Response.WriteLineAsync(StatusCodes.Status403Forbidden, "reloading by HTTP is off: start with --web.enable-lifecycle, or send SIGHUP");
            }
            else if (!IsOwnOrigin(context.Request))
            {
                // A page of somebody else's, open in the browser of an administrator, must not be able to do it.
                await context.Response.WriteLineAsync(StatusCodes.Status403Forbidden, "this request comes from another site");
            }
            else
            {
                var (success, words) = await reload();
                await context.Response.WriteLineAsync(success ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError, words);
            }
        }));

    // Programs send no Origin.
    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin is not [{ } origin] || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
}
