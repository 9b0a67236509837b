using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ZmqExporter.OnDemand;
using ZmqExporter.Targets;

namespace ZmqExporter.Http.Pages;

/// <summary><c>POST /targets/{name}/{module}/probe</c>: one extra probe of a target, whose result changes neither its state nor its series.</summary>
internal static class ProbeNowEndpoint
{
    /// <summary>What follows the target's own address.</summary>
    public const string Suffix = "/probe";

    private const string Off = "extra probes are off: start the exporter with --web.enable-lifecycle";
    private const string OtherSite = "this request comes from another site's page; ask from the target's own page, or with a program such as curl";

    /// <summary>Maps it.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="find">The target with a key; null when there is none.</param>
    /// <param name="probes">Gives what probes; null when the command line does not allow it.</param>
    /// <param name="stopping">Ends every probe.</param>
    /// <param name="external">The URL under which people reach us: a proxy may have changed the header Host. Null when it is not known.</param>
    public static void MapProbeNow(
        this IEndpointRouteBuilder endpoints,
        Func<TargetKey, Target?> find,
        Func<Func<Target, CancellationToken, Task<ProbeAnswer>>?> probes,
        CancellationToken stopping,
        PublicUrl? external = null) =>
        endpoints.MapPost("/targets/" + TargetPath.Pattern + Suffix, (RequestDelegate)(async context =>
        {
            if (probes() is not { } probe)
            {
                await context.Response.WriteLineAsync(StatusCodes.Status403Forbidden, Off);
            }
            else if (!IsOwnPage(context.Request, external))
            {
                await context.Response.WriteLineAsync(StatusCodes.Status403Forbidden, OtherSite);
            }
            else if (find(TargetPath.Read(context, Suffix)) is not { } target)
            {
                await context.Response.WriteLineAsync(StatusCodes.Status404NotFound, "there is no such target; /api/v1/targets lists them");
            }
            else
            {
                await AnswerAsync(context, target, probe, stopping);
            }
        })).WithSummary("Probes the target once more, from its page. Needs --web.enable-lifecycle.");

    private static async Task AnswerAsync(HttpContext context, Target target, Func<Target, CancellationToken, Task<ProbeAnswer>> probe, CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            var answer = await probe(target, end.Token);
            if (answer.Id is { } id)
            {
                // To what came of it, from three steps down; a reload of that page probes nothing.
                context.Response.StatusCode = StatusCodes.Status303SeeOther;
                context.Response.Headers.Location = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"../../../probe/{id}");
                return;
            }

            context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteLineAsync(answer.IsBusy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest, answer.Refusal!);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away.
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, "zmq_exporter is ending");
        }
    }

    // Browsers say where a request comes from, and programs do not.
    private static bool IsOwnPage(HttpRequest request, PublicUrl? external)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0)
        {
            return site is ["same-origin"];
        }

        return request.Headers.Origin.Count == 0
            || (request.Headers.Origin is [{ } origin]
                && (origin == external?.Origin || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.ToString())));
    }
}
