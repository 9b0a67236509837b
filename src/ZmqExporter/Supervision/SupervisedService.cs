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
    /// <summary>What is said at each report: that the exporter lives, or why it cannot be said.</summary>
    internal static string SignOfLife(SchedulerHealth health) => health.IsHealthy(out var reason) ? "WATCHDOG=1" : $"STATUS=unhealthy: {reason}";

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => manager.Notify("READY=1", Probing()));
        lifetime.ApplicationStopping.Register(() => manager.Notify("STOPPING=1", "STATUS=stopping"));
        reloader.OnReloading = () => manager.Notify("RELOADING=1", string.Create(CultureInfo.InvariantCulture, $"MONOTONIC_USEC={Microseconds()}"));
        reloader.OnReloaded = result => manager.Notify("READY=1", result.IsSuccess ? Probing() : $"STATUS={result.Words().Split('\n')[0]}");
        if (manager.IsWatching)
        {
            health.OnReport = () => manager.Notify(SignOfLife(health));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Probing() => string.Create(CultureInfo.InvariantCulture, $"STATUS=probing: {targets.Count} pair{(targets.Count == 1 ? "" : "s")} of a target and a module");

    // CLOCK_MONOTONIC, which systemd compares with its own.
    private long Microseconds() => Timestamp.Now(time).Ticks / TimeSpan.TicksPerMicrosecond;
}
