using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Metrics;
using ZmqExporter.Targets;

namespace ZmqExporter.Persistence;

/// <summary><c>state_file</c>: what is known of the targets survives a restart. Written each minute and at the end. Thread-safe.</summary>
/// <param name="targets">Whose state.</param>
/// <param name="metrics">Is notified of how writing goes.</param>
/// <param name="time">Its clock.</param>
/// <param name="logger">The same, in words.</param>
internal sealed partial class StateKeeper(TargetSet targets, SelfMetrics metrics, TimeProvider time, ILogger<StateKeeper> logger) : BackgroundService
{
    /// <summary>How often it writes.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // A list of targets that cannot be read for a day must not cost their counters.
    private static readonly TimeSpan UnclaimedAge = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private string? _path;
    private string? _problem; // of the last time, so that it is logged once

    /// <summary>Reads the file, before the first target is made.</summary>
    /// <param name="path">The file; null for none.</param>
    public void Begin(string? path)
    {
        Use(path);
        if (path is null)
        {
            return;
        }

        if (new StateFile(path).TryRead(out var document) is { } problem)
        {
            Log.Ignored(logger, path, problem);
        }
        else if (document is not null)
        {
            targets.Restore(document.Targets);
            Log.Restored(logger, path, document.Targets.Count, time.GetUtcNow() - document.SavedAt);
        }
    }

    /// <summary>Writes to this file from now on.</summary>
    /// <param name="path">The file; null for none.</param>
    public void Use(string? path)
    {
        lock (_lock)
        {
            _path = path;
        }
    }

    /// <summary>Writes the file now. Blocks while it does.</summary>
    public void Save()
    {
        lock (_lock)
        {
            if (_path is null)
            {
                return;
            }

            var now = time.GetUtcNow();
            var problem = new StateFile(_path).TryWrite(new StateDocument(StateDocument.OurFormat, now, targets.Remember(now - UnclaimedAge)));
            metrics.StateSaved(problem is null);
            if (problem is not null && problem != _problem)
            {
                Log.NotWritten(logger, _path, problem);
            }

            _problem = problem;
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await NextAsync(timer, stoppingToken))
        {
            // A thread of its own: a disk may take its time, and the pool's threads have probes to run.
            await Task.Factory.StartNew(Save, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "state restored")]
        public static partial void Restored(ILogger logger, string stateFile, int targets, TimeSpan age);

        [LoggerMessage(2, LogLevel.Warning, "the state file is ignored: every target begins as unknown; it is replaced within a minute")]
        public static partial void Ignored(ILogger logger, string stateFile, string problem);

        [LoggerMessage(3, LogLevel.Error, "the state file cannot be written: a restart would forget what is known; its directory must be writable for the exporter's user")]
        public static partial void NotWritten(ILogger logger, string stateFile, string problem);
    }
}
