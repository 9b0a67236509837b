using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>
/// Stands between Prometheus and an exporter and alters what the exporter says: so it has faults that no test can bring about in a healthy one, such as
/// probes that stand still or a clock that is wrong. Thread-safe.
/// </summary>
internal sealed class AlteredMetrics : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private AlteredMetrics(WebApplication app, HttpClient client) => (_app, _client) = (app, client);

    /// <summary>Where Prometheus scrapes.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>What is done to the exporter's text; nothing at first.</summary>
    public Func<string, string> Alter { get; set; } = text => text;

    /// <summary>Starts it on a free port of 127.0.0.1.</summary>
    /// <param name="exporter">Whose metrics they are.</param>
    public static async Task<AlteredMetrics> StartAsync(Uri exporter)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var metrics = new AlteredMetrics(app, new HttpClient { BaseAddress = exporter });
        app.MapGet("/metrics", metrics.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return metrics;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    // The text format, whatever Prometheus would rather have: that is the one to alter.
    private async Task AnswerAsync(HttpContext context)
    {
        var text = await _client.GetStringAsync(new Uri("metrics", UriKind.Relative), context.RequestAborted);
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(Alter(text), context.RequestAborted);
    }
}
