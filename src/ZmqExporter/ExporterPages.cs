using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Discovery;
using ZmqExporter.Http;
using ZmqExporter.Http.Pages;
using ZmqExporter.OnDemand;
using ZmqExporter.Reloading;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;

namespace ZmqExporter;

/// <summary>Makes the pages from the parts of the exporter.</summary>
internal static class ExporterPages
{
    private const int MostErrors = 3; // the log has all of them

    /// <summary>Maps them.</summary>
    public static void MapExporterPages(this WebApplication app)
    {
        var services = app.Services;
        var sources = services.GetRequiredService<TargetSources>();
        app.MapPages(
            new PageSources
            {
                Targets = services.GetRequiredService<TargetSet>(),
                Board = services.GetRequiredService<BoardCache>(),
                Time = services.GetRequiredService<TimeProvider>(),
                Settings = target => sources.SettingsOf(target),
                Recent = services.GetRequiredService<RecentProbes>().All,
                Problems = () => Problems(services),
                Shard = services.GetRequiredService<Shard>(),
            },
            services.GetRequiredService<RenderedResponses>());
    }

    private static IEnumerable<string> Problems(IServiceProvider services)
    {
        if (!services.GetRequiredService<SchedulerHealth>().IsHealthy(out var reason))
        {
            yield return $"It is not healthy: {reason}.";
        }

        if (services.GetRequiredService<TargetSources>().Incomplete is { } source)
        {
            yield return $"Targets are missing: the list of {source} was never good since the start.";
        }

        var errors = services.GetRequiredService<ConfigReloader>().Errors;
        foreach (var error in errors.Take(MostErrors))
        {
            yield return $"The last reload failed, and the configuration before it is in force: {error}";
        }

        if (errors.Length > MostErrors)
        {
            yield return $"The last reload had {(errors.Length - MostErrors).ToString(System.Globalization.CultureInfo.InvariantCulture)} more errors; the log has all of them.";
        }
    }
}
