using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http;

/// <summary>The endpoints on an in-memory server.</summary>
internal sealed class HttpUnderTest : IAsyncDisposable
{
    /// <summary>Few enough for a test to use them up.</summary>
    public static readonly HttpLimits Limits = new(
        Connections: 9, ConnectionsPerAddress: 9, Responses: 4, ResponsesPerAddress: 3, Bytes: 1 << 20, BytesPerAddress: 1 << 20);

    private readonly WebApplication _app;

    private HttpUnderTest(WebApplication app) => _app = app;

    public MetricsUnderTest Metrics { get; } = new();

    /// <summary>Where requests seem to come from.</summary>
    public IPAddress? Address { get; set; }

    public (bool Healthy, string Reason) Health { get; set; } = (true, "");

    public bool Ready { get; set; }

    public string? MissingTargets { get; set; }

    public List<TargetStatus> Targets { get; } = [];

    public HttpClient Client => field ??= _app.GetTestClient();

    public static async Task<HttpUnderTest> StartAsync(HttpLimits? limits = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        HttpUnderTest? test = null;
        builder.Services.AddSingleton(limits ?? Limits);
        builder.Services.AddSingleton<TimeProvider>(_ => test!.Metrics.Time);
        builder.Services.AddExporterHttp();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        test = new HttpUnderTest(app);
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = test.Address;
            return next(context);
        });
        app.UseExporterHttp();
        app.UseRouting();
        var responses = app.Services.GetRequiredService<RenderedResponses>();
        app.MapMetricsEndpoint(test.Metrics.Exporter, responses);
        app.MapHealthEndpoints(() => test.Health, () => test.Ready);
        app.MapStatusPage(() => test.Targets, responses);
        app.MapTargetsEndpoint(test.Metrics.Targets.Configs, responses, () => test.MissingTargets);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return test;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
