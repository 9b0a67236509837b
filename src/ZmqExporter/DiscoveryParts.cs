using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Discovery;
using ZmqExporter.Metrics;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;

namespace ZmqExporter;

/// <summary>The sources of targets as parts of the host.</summary>
internal static class DiscoveryParts
{
    /// <summary>Adds them. The config of everybody else has the targets of the sources, too, as they are at the start.</summary>
    public static void AddDiscovery(this IServiceCollection services, ConfigResult loaded)
    {
        services.AddSingleton(provider => new TargetSources(
            loaded,
            ConfigInputs.System,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ExporterMetrics>().Self.Discovery,
            provider.GetRequiredService<ILogger<TargetSources>>(),
            provider.GetRequiredService<Shard>()));
        services.AddSingleton(provider => loaded.Config! with { Targets = provider.GetRequiredService<TargetSources>().Targets });
        services.AddSingleton(provider => new DiscoveryService(
            Begun(provider),
            new HttpFetcher(new TimedFiles(TimedFiles.DefaultLimit).Limit(ConfigInputs.System), provider.GetRequiredService<TimeProvider>()).FetchAsync,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DiscoveryService>>()));
        services.AddHostedService(provider => provider.GetRequiredService<DiscoveryService>());
    }

    // The service begins when the scheduler has started: what it applies then replaces what runs.
    private static TargetSources Begun(IServiceProvider provider)
    {
        var sources = provider.GetRequiredService<TargetSources>();
        var scheduler = provider.GetRequiredService<ProbeScheduler>();
        var needs = provider.GetRequiredService<TargetNeeds>();
        sources.Begin(
            targets =>
            {
                needs.Expect(targets);
                return scheduler.Apply(targets);
            },
            () => scheduler.Refused > 0);
        return sources;
    }
}
