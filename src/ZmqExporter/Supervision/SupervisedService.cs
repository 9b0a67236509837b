using System.Globalization;
using Microsoft.Extensions.Hosting;
using ZmqExporter.Reloading;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;
using Zmtp.Timing;

namespace ZmqExporter.Supervision;

/// <summary>
/// Tells the service manager when the exporter is ready, lives, reloads and ends. A sign of life is sent by the scheduler's supervisor itself,
/// after it has looked at all targets, and only while <c>/-/healthy</c> would say yes: a process whose probes stand still is ended and started again.
/// </summary>
internal sealed class SupervisedService(
    ServiceManager manager, SchedulerHealth health, ConfigReloader reloader, TargetSet targets, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => manager.Notify("READY=1", Probing()));
        lifetime.ApplicationStopping.Register(() => manager.Notify("STOPPING=1", "STATUS=stopping"));
        reloader.OnReloading = () => manager.Notify("RELOADING=1", string.Create(CultureInfo.InvariantCulture, $"MONOTONIC_USEC={Microseconds()}"));
        reloader.OnReloaded = result => manager.Notify("READY=1", result.IsSuccess ? Probing() : $"STATUS={result.Words().Split('\n')[0]}");
        if (manager.IsWatching)
        {
            health.OnReport = SignOfLife;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void SignOfLife()
    {
        if (health.IsHealthy(out var reason))
        {
            manager.Notify("WATCHDOG=1");
        }
        else
        {
            manager.Notify($"STATUS=unhealthy: {reason}");
        }
    }

    private string Probing() => string.Create(CultureInfo.InvariantCulture, $"STATUS=probing: {targets.Count} pairs of a target and a module");

    // CLOCK_MONOTONIC, which systemd compares with its own.
    private long Microseconds() => Timestamp.Now(time).Ticks / TimeSpan.TicksPerMicrosecond;
}
