using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ZmqExporter.Http;

/// <summary>What every endpoint shares: compression and headers.</summary>
internal static class ExporterHttp
{
    /// <summary>Adds compression and drops the Server header.</summary>
    public static IServiceCollection AddExporterHttp(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.AddResponseCompression(options =>
        {
            // Safe over TLS too: no page holds a secret beside text that a requester chooses.
            options.EnableForHttps = true;
            options.MimeTypes = ["text/plain", "application/openmetrics-text", "text/html", "application/json"];
            options.Providers.Add<GzipCompressionProvider>(); // the one that every Prometheus asks for
        });
        return services;
    }

    /// <summary>Compresses and sets the headers that hold for every response. Comes before the endpoints.</summary>
    public static IApplicationBuilder UseExporterHttp(this IApplicationBuilder app)
    {
        app.UseResponseCompression();
        return app.Use(static (context, next) =>
        {
            var headers = context.Response.Headers;
            headers.CacheControl = "no-store";
            headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
    }
}
