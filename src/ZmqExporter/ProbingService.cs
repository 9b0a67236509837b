using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Persistence;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;

namespace ZmqExporter;

/// <summary>
/// Starts probing once the HTTP port is bound: nothing is probed by an exporter that nobody can ask, and no probe can take what the port
/// needs. Before that it warms up, so that nothing that probing needs is loaded under pressure.
/// </summary>
internal sealed partial class ProbingService(
    ExporterConfig config,
    ProberFactory probers,
    IServer server,
    OwnConnection own,
    TargetNeeds needs,
    Canary canary,
    ProbeScheduler scheduler,
    StateKeeper state,
    IHostApplicationLifetime lifetime,
    ILogger<ProbingService> logger) : IHostedLifecycleService
{
    /// <summary>Whether the scheduler's supervisor has died, which ends the exporter.</summary>
    public bool HasDied => scheduler.ExecuteTask is { IsFaulted: true };

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        needs.Use(config.ProbeEndpoint);
        needs.Prepare(config.Targets);
        await Warmup.RunAsync(probers, config.Targets, cancellationToken);
        await HttpWarmup.RunAsync(addresses, own, cancellationToken);
        await canary.StartAsync(cancellationToken); // what it holds is among what the process holds
        cancellationToken.ThrowIfCancellationRequested();
        needs.Begin(config.Targets);
        state.Begin(config.StateFile);
        await scheduler.StartAsync(cancellationToken);
        _ = scheduler.ExecuteTask?.ContinueWith(
            OnDied, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(canary.StopAsync(cancellationToken), scheduler.StopAsync(cancellationToken));
        state.End(); // with the last results
    }

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void OnDied(Task task)
    {
        Log.Died(logger, task.Exception!);
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "the scheduler's supervisor has died, and the exporter ends")]
        public static partial void Died(ILogger logger, Exception exception);
    }
}
