using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ZmqExporter.Http.Protection;

/// <summary>The web config's part of the host.</summary>
internal static class ProtectedHttp
{
    /// <summary>Adds what it takes.</summary>
    /// <param name="services">Where.</param>
    /// <param name="createStore">Makes the store of the config.</param>
    public static IServiceCollection AddProtection(this IServiceCollection services, Func<IServiceProvider, WebConfigStore> createStore)
    {
        services.AddSingleton(createStore);
        services.AddSingleton<TlsHandshakes>();
        services.AddSingleton(_ => new PasswordCheck());
        services.AddSingleton<RequestRate>();
        services.AddSingleton<RequestProtection>();
        return services;
    }

    /// <summary>Protects every endpoint, if there is a web config. Comes before them.</summary>
    public static IApplicationBuilder UseProtection(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<RequestProtection>() is { } protection)
        {
            app.Use(next => context => protection.RunAsync(context, next));
        }

        return app;
    }
}
