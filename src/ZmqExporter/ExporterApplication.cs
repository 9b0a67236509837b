using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Logging;

namespace ZmqExporter;

/// <summary>The host: the program, the tests and the benchmarks build it from the same parts.</summary>
internal static class ExporterApplication
{
    // Below the 5 s that we promise, so that the process is gone by then.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The whole application, ready to start.</summary>
    public static WebApplication Create(ServeSettings settings, ExporterConfig config)
    {
        // Empty: no appsettings.json of the working directory and no ASPNETCORE_* variable may change what the flags say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Host.UseDefaultServiceProvider(options => options.ValidateOnBuild = options.ValidateScopes = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, settings.Listen);
        });
        builder.Services.AddRouting();
        builder.Services.AddSystemd(); // first, because it sets a log format of its own
        builder.Logging.AddExporterLogging(settings.Log);
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = ShutdownTimeout;
            options.ServicesStopConcurrently = true; // probing stops at once, while the scrape in hand is finished
        });
        builder.Services.AddZmqExporter(config);

        var app = builder.Build();
        app.MapZmqExporter();
        return app;
    }

    /// <summary>Adds every part of the exporter: scheduler, probers, metrics.</summary>
    public static IServiceCollection AddZmqExporter(this IServiceCollection services, ExporterConfig config)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(config);

        // PLACEHOLDER: metrics, prober factory, scheduler and its health come here when their branches are merged.
        return services;
    }

    /// <summary>Maps every endpoint.</summary>
    public static void MapZmqExporter(this IEndpointRouteBuilder app)
    {
        // PLACEHOLDER: the endpoints of Http/ take the place of this one when their branch is merged.
        app.MapGet("/-/healthy", () => "ok\n");
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress listen)
    {
        if (listen.Address is { } address)
        {
            kestrel.Listen(address, listen.Port);
        }
        else if (listen.IsLocalhost)
        {
            kestrel.ListenLocalhost(listen.Port);
        }
        else
        {
            kestrel.ListenAnyIP(listen.Port);
        }
    }
}
