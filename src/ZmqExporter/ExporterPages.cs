using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
    /// <param name="app">Where.</param>
    /// <param name="allowsProbes">Whether whoever sees a target's page may have it probed once more.</param>
    /// <param name="urls">Where people reach the exporter and its dashboards.</param>
    public static void MapExporterPages(this WebApplication app, bool allowsProbes, PublicUrls urls)
    {
        var services = app.Services;
        var responses = services.GetRequiredService<RenderedResponses>();
        var targets = services.GetRequiredService<TargetSet>();
        var probes = services.GetRequiredService<OnDemandProbes>();
        app.MapDocs(responses);
        app.MapProbeNow(
            key => targets.TryGet(key, out var target) ? target : null,
            () => allowsProbes ? (target, gone) => probes.AskAsync(target.Config, gone) : null,
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping,
            urls.Exporter);
        var sources = services.GetRequiredService<TargetSources>();
        app.MapPages(
            new PageSources
            {
                Targets = targets,
                Board = services.GetRequiredService<BoardCache>(),
                Time = services.GetRequiredService<TimeProvider>(),
                Settings = target => sources.SettingsOf(target),
                Recent = services.GetRequiredService<RecentProbes>().All,
                Problems = () => Problems(services),
                AllowsProbes = () => allowsProbes,
                Urls = urls,
                Shard = services.GetRequiredService<Shard>(),
            },
            responses);
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
