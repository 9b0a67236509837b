using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ZmqExporter.Configuration.Web;

namespace ZmqExporter.Http.Protection;

/// <summary>What the web config asks of each request: rate limit, headers, authentication. Thread-safe.</summary>
/// <param name="config">The web config.</param>
/// <param name="passwords">Checks passwords.</param>
/// <param name="rate">Counts requests.</param>
/// <param name="own">The warm-up's requests need no password and are not counted.</param>
internal sealed class RequestProtection(WebConfigStore config, PasswordCheck passwords, RequestRate rate, OwnConnection own)
{
    private const string Challenge = "Basic realm=\"zmq_exporter\", charset=\"UTF-8\"";

    // Whoever restarts this process when they fail has no password. Exactly these: what routing takes for the same is protected.
    private static readonly string[] Open = ["/-/healthy", "/-/ready"];

    /// <summary>Answers a request, or hands it on.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (IsOpen(context.Request) || IsOwn(context.Connection))
        {
            SetHeaders(context.Response, config.Latest); // files that hang must not make it look ill
            await next(context);
            return;
        }

        var current = config.Get();
        if (!rate.MayPass(current.RateLimit))
        {
            context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteLineAsync(StatusCodes.Status429TooManyRequests, "more requests than rate_limit of the web config allows");
        }
        else
        {
            SetHeaders(context.Response, current);
            if (current.Users.Count == 0 || await MayPassAsync(context, current))
            {
                await next(context);
            }
        }
    }

    private static bool IsOpen(HttpRequest request) => Open.Contains(request.Path.Value, StringComparer.Ordinal);

    private static void SetHeaders(HttpResponse response, WebConfig config)
    {
        foreach (var (name, value) in config.Headers)
        {
            response.Headers[name] = value;
        }
    }

    private bool IsOwn(ConnectionInfo connection) =>
        connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local }
        && own.Is(new IPEndPoint(remote, connection.RemotePort), new IPEndPoint(local, connection.LocalPort));

    // Answers itself when it says no.
    private async Task<bool> MayPassAsync(HttpContext context, WebConfig current)
    {
        var answer = context.Request.Headers.Authorization is [{ } header] && BasicCredentials.TryParse(header, out var user, out var password)
            ? await passwords.IsRightAsync(current.Users, user, password, ClientAddress.Of(context.Connection.RemoteIpAddress), context.RequestAborted)
            : false;
        if (answer == true)
        {
            return true;
        }

        if (answer is null)
        {
            context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, "too many passwords wait to be checked");
            return false;
        }

        context.Response.Headers[HeaderNames.WWWAuthenticate] = Challenge;
        await context.Response.WriteLineAsync(StatusCodes.Status401Unauthorized, "user name and password, please");
        return false;
    }
}
