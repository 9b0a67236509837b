using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;
using ZmqExporter.Limits;
using ZmqExporter.Listening;
using ZmqExporter.Metrics;
using ZmqExporter.OnDemand;
using ZmqExporter.Persistence;
using ZmqExporter.Probing;
using ZmqExporter.Reloading;
using ZmqExporter.Targets;

namespace ZmqExporter;

/// <summary>What reads the configuration again, and puts it into force.</summary>
internal static class ReloadingParts
{
    /// <summary>Adds it, and probes on demand, which are of the configuration that is in force.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">The command line.</param>
    /// <param name="loaded">The config that the exporter starts with.</param>
    public static void AddReloading(this IServiceCollection services, ServeSettings settings, ConfigResult loaded)
    {
        var timed = new TimedFiles(ConfigReloader.LoadLimit);
        services.AddSingleton(provider => new ConfigReloader(
            loaded,
            () => timed.Run(settings.ConfigFile, () => ConfigLoader.Load(settings.ConfigFile)),
            config => ProcessLimits.ProblemOf(config, settings),
            result => Apply(provider, result),
            provider.GetRequiredService<TargetSources>().Retry,
            provider.GetRequiredService<ExporterMetrics>().Self.Reloads,
            provider.GetRequiredService<ILogger<ConfigReloader>>()));
        services.AddOnDemandProbes(provider => provider.GetRequiredService<ConfigReloader>().Current);
        if (settings.AutoReload)
        {
            services.AddHostedService(provider => new ConfigWatcher(
                () => provider.GetRequiredService<ConfigReloader>().Files,
                FileFingerprint.Of,
                () => provider.GetRequiredService<ConfigReloader>().ReloadAsync("changed files"),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ConfigWatcher>>()));
        }
    }

    /// <summary>Reloads because somebody asked over HTTP, and says what came of it.</summary>
    public static async Task<(bool Success, string Words)> AnswerAsync(this ConfigReloader reloader)
    {
        var result = await reloader.ReloadAsync("POST /-/reload");
        return (result.IsSuccess, result.Words());
    }

    private static void AddOnDemandProbes(this IServiceCollection services, Func<IServiceProvider, ExporterConfig> current)
    {
        services.AddSingleton<RecentProbes>();
        services.AddSingleton(provider => new OnDemandProbes(
            () => current(provider),
            provider.GetRequiredService<ProberFactory>(),
            new ProbeSlots(
                ProbeSlots.MostFor(OpenFileLimit.Read()),
                () => provider.GetRequiredService<DescriptorBudget>() is var budget ? budget.Limit - budget.InUse : 0),
            provider.GetRequiredService<RecentProbes>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static TargetDiff Apply(IServiceProvider provider, ConfigResult loaded)
    {
        var detail = loaded.Config!.Metrics.Detail;
        provider.GetRequiredService<TargetSet>().SetDetail(detail);
        provider.GetRequiredService<ExporterMetrics>().SetDetail(detail);
        provider.GetRequiredService<StateKeeper>().Use(loaded.Config.StateFile);
        provider.GetRequiredService<TargetNeeds>().Use(loaded.Config.ProbeEndpoint);
        provider.GetRequiredService<HeartbeatListener>().Use(loaded.Config.HeartbeatListener);
        return provider.GetRequiredService<TargetSources>().Apply(loaded);
    }
}
