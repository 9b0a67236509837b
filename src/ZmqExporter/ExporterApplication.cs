using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Board;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Discovery;
using ZmqExporter.Http;
using ZmqExporter.Http.Api;
using ZmqExporter.Http.Protection;
using ZmqExporter.Limits;
using ZmqExporter.Listening;
using ZmqExporter.Logging;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Metrics;
using ZmqExporter.OnDemand;
using ZmqExporter.Persistence;
using ZmqExporter.Probing;
using ZmqExporter.Reloading;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp;

namespace ZmqExporter;

/// <summary>The host: the program, the tests and the benchmarks build it from the same parts.</summary>
internal static partial class ExporterApplication
{
    // Below the 5 s that we promise, so that the process is gone by then.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(4);

    /// <summary>The whole application, ready to start.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="loaded">The config.</param>
    /// <param name="web">The web config, or null when the command line names none.</param>
    public static WebApplication Create(ServeSettings settings, ConfigResult loaded, WebConfigResult? web = null)
    {
        var config = loaded.Config ?? throw new ArgumentException("it has errors", nameof(loaded));

        // Empty: no appsettings.json of the working directory and no ASPNETCORE_* variable may change what the flags say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Host.UseDefaultServiceProvider(options => options.ValidateOnBuild = options.ValidateScopes = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, settings, isTls: web?.Config!.Tls is not null);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, NoSignalLifetime>();
        builder.Logging.AddExporterLogging(settings.Log);
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = ShutdownTimeout;
            options.ServicesStopConcurrently = true; // probing stops at once, while the scrape in hand is finished
        });
        builder.Services.AddSingleton(settings.Shard);
        builder.Services.AddZmqExporter(config);
        builder.Services.AddHeartbeatListener(settings.HeartbeatListen, config.HeartbeatListener);
        builder.Services.AddDiscovery(loaded);
        builder.Services.AddReloading(settings, loaded);
        builder.Services.AddSupervision();
        if (web is not null && settings.WebConfigFile is { } file)
        {
            builder.Services.AddProtection(provider => WebConfigParts.CreateStore(provider, web, file));
        }

        var app = builder.Build();
        app.UsePathPrefix(settings.ExternalUrl);
        app.MapZmqExporter(settings.EnableLifecycle, new PublicUrls(settings.ExternalUrl, settings.DashboardUrl));
        var reloader = app.Services.GetRequiredService<ConfigReloader>();
        app.Services.GetRequiredService<ExporterMetrics>().AddCollector(app.Services.GetRequiredService<HeartbeatListener>().Collect);
        app.MapConfigEndpoint(() => reloader.Document, app.Services.GetRequiredService<RenderedResponses>());
        app.MapReloadEndpoint(settings.EnableLifecycle ? reloader.AnswerAsync : null);
        return app;
    }

    /// <summary>Adds every part of the exporter: scheduler, probers, metrics.</summary>
    public static IServiceCollection AddZmqExporter(this IServiceCollection services, ExporterConfig config)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(config);
        services.TryAddSingleton(Shard.Whole);
        services.AddLimits();
        services.AddClients();
        services.AddProbing(config);
        services.AddExporterHttp();
        return services;
    }

    // What all connections and responses share and may not exceed.
    private static void AddLimits(this IServiceCollection services)
    {
        services.AddSingleton(provider => new TimerQueue(provider.GetRequiredService<TimeProvider>(), Faults<TimerQueue>(provider)));
        services.AddSingleton<DescriptorBudget>();
        services.AddSingleton(provider => DescriptorFigures.OfThisProcess(
            provider.GetRequiredService<TimeProvider>(),
            () => provider.GetRequiredService<ConnectionGate>().Connections,
            HttpLimits.MostDescriptors,
            limit => provider.GetRequiredService<ConnectionGate>().Limit(HttpLimits.OfThisProcess(limit))));
        services.AddSingleton<DescriptorGuard>();
        services.AddSingleton<TargetNeeds>();
        services.AddSingleton(provider => MemoryGuard.OfThisProcess(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new BufferBudget
        {
            Limit = provider.GetRequiredService<MemoryGuard>().ForMessages,
            KeepsLarge = !provider.GetRequiredService<MemoryGuard>().IsSmall,
            IsShort = provider.GetRequiredService<MemoryGuard>().IsShortForMessages,
        });
    }

    private static void AddClients(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ZmtpContext(
            provider.GetRequiredService<TimerQueue>(), new NameResolver(descriptors: provider.GetRequiredService<DescriptorBudget>()))
        {
            Descriptors = provider.GetRequiredService<DescriptorBudget>(),
            Buffers = provider.GetRequiredService<BufferBudget>(),
            OnFault = Faults<ZmtpContext>(provider),
            OnHeldBack = new HeldBackLog(provider.GetRequiredService<ILoggerFactory>().CreateLogger<HeldBackLog>()).Write,
        });
        services.AddSingleton<ZmtpClient>();
        services.AddSingleton(provider => new NetMqClient(
            provider.GetRequiredService<ZmtpClient>(),
            provider.GetRequiredService<ZmtpContext>(),
            new WorkerSettings(provider.GetRequiredService<ILoggerFactory>().CreateLogger<NetMqClient>())
            {
                MaxConnections = static () => NetMqLimits.ConnectionsFor(OpenFileLimit.Read()),
                OnRestarted = provider.GetRequiredService<ExporterMetrics>().Self.NetMqRestarted,
                OnFault = Faults<NetMqClient>(provider),
            }));
    }

    private static void AddProbing(this IServiceCollection services, ExporterConfig config)
    {
        services.AddSingleton(provider => new ProberFactory(
            provider.GetRequiredService<ZmtpClient>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<NetMqClient>(),
            provider.GetRequiredService<MeasurementError>(),
            provider.GetRequiredService<PushedBeats>()));
        services.AddSingleton<PushedBeats>();
        services.AddSingleton(provider => new MeasurementError(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Canary(
            provider.GetRequiredService<ProberFactory>(),
            provider.GetRequiredService<TimerQueue>(),
            provider.GetRequiredService<MeasurementError>(),
            provider.GetRequiredService<ExporterMetrics>().Self.MeasurementErred));
        services.AddSingleton(provider => new TargetEvents(provider.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds()));
        services.AddSingleton(provider => new TargetSet(
            provider.GetRequiredService<TimeProvider>(), config.Metrics.Detail, provider.GetRequiredService<TargetEvents>()));
        services.AddSingleton<BoardCache>();
        services.AddSingleton(provider => new ExporterMetrics(
            provider.GetRequiredService<TargetSet>(), config.Metrics.Detail, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SchedulerHealth>();
        services.AddSingleton(provider => new ProbeScheduler(
            provider.GetRequiredService<ExporterConfig>(), // with the targets of its sources
            provider.GetRequiredService<ProberFactory>().CreateScheduled,
            provider.GetRequiredService<TargetSet>(),
            provider.GetRequiredService<ExporterMetrics>().Self,
            provider.GetRequiredService<TimerQueue>(),
            provider.GetRequiredService<SchedulerHealth>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<MemoryGuard>()));
        services.AddSingleton(provider => new StateKeeper(
            provider.GetRequiredService<TargetSet>(),
            provider.GetRequiredService<ExporterMetrics>().Self,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<StateKeeper>>()));
        services.AddHostedService(provider => provider.GetRequiredService<StateKeeper>());
        services.AddSingleton<ProbingService>();
        services.AddHostedService(provider => provider.GetRequiredService<ProbingService>());
    }

    /// <summary>Maps every endpoint.</summary>
    /// <param name="app">Where.</param>
    /// <param name="allowsProbes">Whether targets may be probed once more from their pages.</param>
    /// <param name="urls">Where people reach the exporter and its dashboards.</param>
    public static void MapZmqExporter(this WebApplication app, bool allowsProbes = false, PublicUrls urls = default)
    {
        var services = app.Services;
        var metrics = services.GetRequiredService<ExporterMetrics>();
        var health = services.GetRequiredService<SchedulerHealth>();
        var targets = services.GetRequiredService<TargetSet>();
        var descriptors = services.GetRequiredService<DescriptorBudget>();
        var netMq = services.GetRequiredService<NetMqClient>();
        metrics.AddCollector(() => metrics.Self.SetDescriptors(descriptors.InUse, descriptors.Limit));
        metrics.AddCollector(() => metrics.Self.SetQuarantined(netMq.Quarantined));
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var responses = services.GetRequiredService<RenderedResponses>();
        app.UseExporterHttp();
        app.UseProtection();
        app.MapMetricsEndpoint(metrics, responses);
        app.MapHealthEndpoints(
            () => health.IsHealthy(out var reason) ? (true, "") : (false, reason),
            () => lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested);
        var sources = services.GetRequiredService<TargetSources>();
        app.MapTargetsEndpoint(() => sources.Targets, responses, () =>
            !lifetime.ApplicationStarted.IsCancellationRequested ? "the exporter is starting, and does not know all of its targets yet"
            : sources.Incomplete is { } source ? $"targets are missing: the list of {source} was never good since the start"
            : null);
        metrics.Self.SetShard(services.GetRequiredService<Shard>());
        metrics.Self.SetExternalUrl(urls.Exporter?.Text);
        app.MapExporterPages(allowsProbes, urls);
        app.MapProbeLink(targets.FindProbe);
        app.MapOpenApi(responses);
        app.MapTargetsApi(
            targets, services.GetRequiredService<BoardCache>(), target => sources.SettingsOf(target), responses, services.GetRequiredService<TimeProvider>());
        var limits = services.GetRequiredService<HttpLimits>();
        app.MapEventsApi(
            services.GetRequiredService<TargetEvents>(),
            new WatcherLimit(limits.Watchers, limits.WatchersPerAddress),
            services.GetRequiredService<TimeProvider>(),
            lifetime.ApplicationStopping);
        app.MapProbeEndpoint(services.GetRequiredService<OnDemandProbes>(), services.GetRequiredService<RecentProbes>(), lifetime.ApplicationStopping, urls.Exporter);
    }

    private static Action<Exception> Faults<T>(IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger<T>();
        return exception => Log.Fault(logger, exception);
    }

    private static void Listen(KestrelServerOptions kestrel, ServeSettings settings, bool isTls)
    {
        if (settings.UsesSystemdSockets)
        {
            kestrel.ListenOnSystemdSockets(isTls);
            return;
        }

        foreach (var address in settings.Listen)
        {
            kestrel.ListenOn(address, isTls);
        }
    }

    /// <summary>Listens to no signals: <see cref="ProcessSignals"/> does, from before there is a host until after its end.</summary>
    private sealed class NoSignalLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "a bug in zmq_exporter was contained; everything else goes on")]
        public static partial void Fault(ILogger logger, Exception exception);
    }
}
