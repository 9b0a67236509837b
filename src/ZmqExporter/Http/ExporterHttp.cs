using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ZmqExporter.Http;

/// <summary>What every endpoint shares: limits and headers.</summary>
internal static class ExporterHttp
{
    private const int RequestBufferLimit = 64 << 10; // no request has more to say than its headers
    private const int RequestBodyLimit = 1 << 10; // and none has a body

    // Longer than the usual scrape intervals of up to a minute, so that Prometheus finds its connection again.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(75);

    // From the first byte of a request to the end of its headers.
    private static readonly TimeSpan HeadersLimit = TimeSpan.FromSeconds(10);

    /// <summary>Adds limits and what the endpoints are made of, and drops the Server header.</summary>
    public static IServiceCollection AddExporterHttp(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => HttpLimits.OfThisProcess());
        services.AddSingleton<ConnectionGate>();
        services.AddSingleton<OwnConnection>();
        services.Replace(ServiceDescriptor.Singleton<IConnectionListenerFactory>(provider => new GatedListenerFactory(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider), provider.GetRequiredService<ConnectionGate>())));
        services.AddSingleton<RenderedResponses>();
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.KeepAliveTimeout = KeepAlive;
            options.Limits.RequestHeadersTimeout = HeadersLimit;
            options.Limits.MaxRequestBufferSize = RequestBufferLimit;
            options.Limits.MaxRequestBodySize = RequestBodyLimit;

            // RenderedResponses is as strict until it has handed everything over; this holds for the rest, and for short answers.
            options.Limits.MinResponseDataRate = new MinDataRate(
                RenderedBody.PartSize / RenderedResponses.PartTimeout.TotalSeconds, RenderedResponses.PartTimeout);
        });
        return services;
    }

    /// <summary>Closes connections of a port that say nothing. How many there are is bounded for all ports together.</summary>
    public static void UseConnectionGate(this ListenOptions listen)
    {
        var gate = listen.ApplicationServices.GetRequiredService<ConnectionGate>();
        listen.Use(next => connection => gate.RunAsync(connection, next));
    }

    /// <summary>Sets the headers that hold for every response. Comes before the endpoints.</summary>
    public static IApplicationBuilder UseExporterHttp(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            var headers = context.Response.Headers;
            headers.CacheControl = "no-store";
            headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
}
