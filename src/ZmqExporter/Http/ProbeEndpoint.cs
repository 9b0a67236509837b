using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using ZmqExporter.OnDemand;

namespace ZmqExporter.Http;

/// <summary><c>/probe?target=&amp;module=</c>, which probes now and shows what came of it as blackbox_exporter does; <c>/probe/{id}</c> shows a recent one.</summary>
internal static class ProbeEndpoint
{
    private const string ScrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds";
    private const string PlainText = "text/plain; charset=utf-8";
    private const string NoSuchProbe = "there is no such probe, or it is too long ago: the page at / lists those that are kept";

    /// <summary>Maps both.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="probes">Makes the probes.</param>
    /// <param name="recent">Has the last ones.</param>
    /// <param name="stopping">Ends every probe.</param>
    /// <param name="external">The URL under which people reach us; null when it is not known.</param>
    public static void MapProbeEndpoint(
        this IEndpointRouteBuilder endpoints, OnDemandProbes probes, RecentProbes recent, CancellationToken stopping, PublicUrl? external = null)
    {
        endpoints.MapGet("/probe", (RequestDelegate)(context => AnswerAsync(context, probes, stopping))) // a HEAD would probe for nothing
            .WithSummary("Probes an endpoint once, and answers with the result as metrics; with debug=true with the whole conversation.");
        endpoints.MapMethods("/probe/{id:long}", TextResponse.ReadMethods, (RequestDelegate)(context =>
            recent.Find(long.Parse((string)context.Request.RouteValues["id"]!, CultureInfo.InvariantCulture)) is { } probe
                ? WriteAsync(context, PlainText, external is null ? probe.Text : WithLink(probe, external))
                : context.Response.WriteLineAsync(StatusCodes.Status404NotFound, NoSuchProbe))).WithSummary("The whole conversation of one of the last probes on demand.");
    }

    // For whoever shows it to others, as text.
    private static byte[] WithLink(RecentProbe probe, PublicUrl external) =>
        [.. probe.Text.Span, .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\nThis report, while it is kept: {external.Text}/probe/{probe.Id}\n"))];

    private static async Task AnswerAsync(HttpContext context, OnDemandProbes probes, CancellationToken stopping)
    {
        var query = context.Request.Query;
        if (query["target"] is not [{ Length: > 0 } target])
        {
            await RefuseAsync(context, "target is missing, or there are several; ask /probe?target=tcp://host:port&module=NAME");
        }
        else if (query["module"] is not [{ Length: > 0 } module])
        {
            await RefuseAsync(context, "module is missing, or there are several; ask /probe?target=tcp://host:port&module=NAME");
        }
        else if (!TryReadTimeout(context.Request.Headers, out var seconds))
        {
            await RefuseAsync(context, $"the header {ScrapeTimeout} is no number of seconds");
        }
        else
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            try
            {
                await WriteAsync(context, await probes.AskAsync(target, module, seconds, end.Token), query["debug"] is ["true" or "1"]);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client went away.
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                await BusyAsync(context, "zmq_exporter is ending");
            }
        }
    }

    private static bool TryReadTimeout(IHeaderDictionary headers, out double? seconds)
    {
        seconds = null;
        var header = headers[ScrapeTimeout];
        if (header.Count == 0)
        {
            return true;
        }

        var isNumber = double.TryParse(header.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        seconds = number;
        return isNumber;
    }

    private static Task WriteAsync(HttpContext context, ProbeAnswer answer, bool debug)
    {
        if (answer.Report is not { } report)
        {
            return answer.IsBusy ? BusyAsync(context, answer.Refusal!) : RefuseAsync(context, answer.Refusal!);
        }

        if (debug)
        {
            return WriteAsync(context, PlainText, Encoding.UTF8.GetBytes(ReportText.Of(report)));
        }

        context.Response.Headers.Vary = HeaderNames.Accept;
        var format = MetricsNegotiation.Choose(context.Request.Headers);
        return WriteAsync(context, MetricsNegotiation.ContentType(format), ReportMetrics.Write(report, format));
    }

    private static Task WriteAsync(HttpContext context, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static Task RefuseAsync(HttpContext context, string why) => context.Response.WriteLineAsync(StatusCodes.Status400BadRequest, why);

    private static Task BusyAsync(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteLineAsync(StatusCodes.Status503ServiceUnavailable, why);
    }
}
