using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using ZmqExporter.Reloading;
using ZmqExporter.Scheduling;
using ZmqExporter.Supervision;
using ZmqExporter.Targets;

namespace ZmqExporter;

/// <summary>What tells the service manager, as a part of the host.</summary>
internal static class SupervisionParts
{
    /// <summary>
    /// Adds it. AddSystemd of the package would listen to signals of its own, look for a parent that is called systemd, and know neither reloads
    /// nor the watchdog.
    /// </summary>
    public static void AddSupervision(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ServiceManager(
            CreateNotifier(), Environment.GetEnvironmentVariable, Environment.ProcessId, provider.GetRequiredService<ILogger<ServiceManager>>()));
        services.AddHostedService(provider => new SupervisedService(
            provider.GetRequiredService<ServiceManager>(),
            provider.GetRequiredService<SchedulerHealth>(),
            provider.GetRequiredService<ConfigReloader>(),
            provider.GetRequiredService<TargetSet>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static SystemdNotifier CreateNotifier()
    {
#pragma warning disable CA1416 // What it needs is a Unix socket's name in the environment; without one it does nothing.
        return new SystemdNotifier();
#pragma warning restore CA1416
    }
}
