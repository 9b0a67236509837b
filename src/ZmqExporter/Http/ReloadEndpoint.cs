using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ZmqExporter.Http;

/// <summary><c>POST /-/reload</c>, or <c>PUT</c> as in Prometheus: puts the config file in force again.</summary>
internal static class ReloadEndpoint
{
    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="reload">Reloads, and says whether it went well and what changed, or what is wrong; null when the command line does not allow it.</param>
    public static void MapReloadEndpoint(this IEndpointRouteBuilder endpoints, Func<Task<(bool Success, string Words)>>? reload) =>
        endpoints.MapMethods("/-/reload", [HttpMethods.Post, HttpMethods.Put], (RequestDelegate)(async context =>
        {
            if (reload is null)
            {
                await context.Response.WriteLineAsync(StatusCodes.Status403Forbidden, "reloading by HTTP is off: start with --web.enable-lifecycle, or send SIGHUP (which nohup makes the exporter ignore)");
            }
            else if (context.Request.Headers.Origin.Count > 0)
            {
                // Browsers say it and programs do not: no page, open in the browser of an administrator, may do it, whatever names it has for us.
                await context.Response.WriteLineAsync(StatusCodes.Status403Forbidden, "this request comes from a web page; reload with a program such as curl, or send SIGHUP");
            }
            else
            {
                var (success, words) = await reload();
                await context.Response.WriteLineAsync(success ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError, words);
            }
        })).WithSummary("Reloads the configuration: 200 and what changed, or 500 and every error. Needs --web.enable-lifecycle.");
}
