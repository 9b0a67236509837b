using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Http.Api;
using ZmqExporter.Http.Pages;
using ZmqExporter.OnDemand;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Http;

/// <summary>The endpoints on an in-memory server.</summary>
internal sealed class HttpUnderTest : IAsyncDisposable
{
    /// <summary>Few enough for a test to use them up.</summary>
    public static readonly HttpLimits Limits = new(
        Connections: 9, ConnectionsPerAddress: 9, Responses: 4, ResponsesPerAddress: 3, Bytes: 1 << 20, BytesPerAddress: 1 << 20);

    /// <summary>How many of one address may watch the events; one more may in all.</summary>
    public const int MostWatchers = 2;

    private const string SentPath = "X-Sent-Path";

    private readonly WebApplication _app;

    private HttpUnderTest(WebApplication app) => _app = app;

    public MetricsUnderTest Metrics { get; } = new();

    /// <summary>Where requests seem to come from.</summary>
    public IPAddress? Address { get; set; }

    public (bool Healthy, string Reason) Health { get; set; } = (true, "");

    public bool Ready { get; set; }

    public string? MissingTargets { get; set; }

    /// <summary>What the pages show besides the targets.</summary>
    public List<string> Problems { get; } = [];

    public RecentProbes Recent { get; } = new();

    /// <summary>Makes extra probes; null when they are off.</summary>
    public Func<Target, CancellationToken, Task<ProbeAnswer>>? ProbeNow { get; set; }

    public HttpMessageHandler Handler => _app.GetTestServer().CreateHandler();

    public HttpClient Client => field ??= _app.GetTestClient();

    public static async Task<HttpUnderTest> StartAsync(HttpLimits? limits = null, Shard? shard = null, PublicUrls urls = default)
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
        app.UsePathPrefix(urls.Exporter);
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = test.Address;

            // Servers have what the client sent; this one does not.
            var sent = context.Request.Headers[SentPath];
            context.Features.Get<IHttpRequestFeature>()!.RawTarget = sent.Count > 0 ? sent.ToString() : context.Request.Path.ToUriComponent();
            return next(context);
        });
        app.UseExporterHttp();
        app.UseRouting();
        var responses = app.Services.GetRequiredService<RenderedResponses>();
        app.MapMetricsEndpoint(test.Metrics.Exporter, responses);
        app.MapHealthEndpoints(() => test.Health, () => test.Ready);
        app.MapTargetsEndpoint(test.Metrics.Targets.Configs, responses, () => test.MissingTargets);
        app.MapOpenApi(responses);
        var board = new BoardCache(test.Metrics.Targets, test.Metrics.Events, test.Metrics.Time);
        app.MapDocs(responses);
        app.MapProbeNow(key => test.Metrics.Targets.TryGet(key, out var target) ? target : null, () => test.ProbeNow, app.Lifetime.ApplicationStopping, urls.Exporter);
        app.MapPages(test.PagesOf(board) with { Shard = shard, Urls = urls }, responses);
        app.MapTargetsApi(
            test.Metrics.Targets,
            board,
            _ => [new EffectiveSetting("interval", "15s", SettingOrigin.BuiltIn)],
            responses,
            test.Metrics.Time);
        app.MapEventsApi(test.Metrics.Events, new WatcherLimit(MostWatchers + 1, MostWatchers), test.Metrics.Time, app.Lifetime.ApplicationStopping);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return test;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add(SentPath, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private PageSources PagesOf(BoardCache board) => new()
    {
        Targets = Metrics.Targets,
        Board = board,
        Time = Metrics.Time,
        Settings = static _ => [new EffectiveSetting("interval", "15s", SettingOrigin.BuiltIn)],
        Recent = Recent.All,
        Problems = () => Problems,
        AllowsProbes = () => ProbeNow is not null,
    };

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
