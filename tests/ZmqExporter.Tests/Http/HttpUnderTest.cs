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
    private readonly WebApplication _app;

    private HttpUnderTest(WebApplication app) => _app = app;

    public MetricsUnderTest Metrics { get; } = new(MetricsDetail.Full, "team");

    public (bool Healthy, string Reason) Health { get; set; } = (true, "");

    public bool Ready { get; set; }

    public List<TargetStatus> Targets { get; } = [];

    public HttpClient Client => field ??= _app.GetTestClient();

    public static async Task<HttpUnderTest> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRouting();
        builder.Services.AddExporterHttp();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseExporterHttp();
        app.UseRouting();
        var test = new HttpUnderTest(app);
        app.MapMetricsEndpoint(test.Metrics.Exporter, test.Metrics.Time);
        app.MapHealthEndpoints(() => test.Health, () => test.Ready);
        app.MapStatusPage(() => test.Targets);
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
