using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using ZmqExporter.Metrics;

namespace ZmqExporter.Http;

/// <summary><c>/metrics</c>.</summary>
/// <remarks>Scrapes must not disturb probes: a few run at once (a highly available pair of servers, an agent and a person), each gives
/// its thread back often, and a reader who stalls is cut off so that it cannot keep the others out.</remarks>
internal sealed class MetricsEndpoint : IDisposable
{
    /// <summary>Scrapes at once; further ones are told to come back.</summary>
    public const int MaxScrapes = 4;

    /// <summary>Longest time for one scrape, however steadily it is read; Prometheus' own default is 10 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Longest time in which a reader takes nothing at all.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _free = new(MaxScrapes);
    private readonly ExporterMetrics _metrics;
    private readonly TimeProvider _time;

    /// <param name="metrics">What it shows.</param>
    /// <param name="time">For the deadline.</param>
    public MetricsEndpoint(ExporterMetrics metrics, TimeProvider time)
    {
        _metrics = metrics;
        _time = time;
    }

    /// <summary>Answers a GET or HEAD.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var format = MetricsNegotiation.Choose(context.Request.Headers);
        context.Response.Headers.Vary = HeaderNames.Accept;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = MetricsNegotiation.ContentType(format);
            return;
        }

        if (!_free.Wait(0, CancellationToken.None))
        {
            context.Response.Headers.RetryAfter = "1";
            await context.Response.WriteLineAsync(
                StatusCodes.Status503ServiceUnavailable,
                string.Create(CultureInfo.InvariantCulture, $"{MaxScrapes} scrapes run already"));
            return;
        }

        try
        {
            await WriteAsync(context, format);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _free.Dispose();

    private async Task WriteAsync(HttpContext context, MetricsFormat format)
    {
        using var deadline = new CancellationTokenSource(Deadline, _time);
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time); // it runs while the reader has to take something
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stall.Token, context.RequestAborted);
        context.Response.ContentType = MetricsNegotiation.ContentType(format);
        try
        {
            await using var body = new YieldingStream(
                context.Response.Body,
                writing: () => stall.CancelAfter(Patience),
                written: () => stall.CancelAfter(Timeout.InfiniteTimeSpan));
            await _metrics.WriteAsync(body, format, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Half a scrape must not look like a whole one: targets that are missing from it would seem to be gone.
            context.Abort();
        }
    }
}

/// <summary>Maps <see cref="MetricsEndpoint"/>.</summary>
internal static class MetricsEndpointExtensions
{
    /// <summary>Maps <c>/metrics</c>.</summary>
    public static IEndpointConventionBuilder MapMetricsEndpoint(
        this IEndpointRouteBuilder endpoints, ExporterMetrics metrics, TimeProvider time)
    {
#pragma warning disable CA2000 // Lives as long as the application.
        var endpoint = new MetricsEndpoint(metrics, time);
#pragma warning restore CA2000
        return endpoints.MapMethods("/metrics", TextResponse.ReadMethods, (RequestDelegate)endpoint.HandleAsync);
    }
}
