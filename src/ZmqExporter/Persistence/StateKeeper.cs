using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Background;
using ZmqExporter.Metrics;
using ZmqExporter.Targets;

namespace ZmqExporter.Persistence;

/// <summary>
/// <c>state_file</c>: what is known of the targets survives a restart. Written at the start, each minute and at the end. Only what was
/// written at the end is the whole truth: the start writes over that mark, and from a file without it neither counters nor states go on.
/// Thread-safe.
/// </summary>
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
    private StateFile? _file;
    private string? _problem; // of the last time, so that it is logged once
    private bool _hasEnded;

    /// <summary>Reads the file, before the first target is made.</summary>
    /// <param name="path">The file; null for none.</param>
    public void Begin(string? path)
    {
        lock (_lock)
        {
            Use(path);
            if (_file is null)
            {
                return;
            }

            if (_file.TryRead(out var document) is { } problem)
            {
                Log.Ignored(logger, _file.Path, problem);
            }

            var memories = document is null ? [] : Sensible(document.Targets);
            targets.Restore(document is { Ended: true } ? memories : memories.Select(memory => memory.AfterCrash()));

            // With this the mark of the end is gone, before anything is counted. Where that cannot be done, it counts as if it were.
            if (!TrySaveNeedsLock(DateTimeOffset.MinValue, isLast: false)) // no target has asked for its memory yet
            {
                targets.Restore(memories.Select(memory => memory.AfterCrash()));
            }

            if (document is not null)
            {
                Log.Restored(logger, _file.Path, memories.Length, time.GetUtcNow() - document.SavedAt, document.Ended);
            }
        }
    }

    /// <summary>Writes to this file from now on.</summary>
    /// <param name="path">The file; null for none.</param>
    public void Use(string? path)
    {
        lock (_lock)
        {
            if (path != _file?.Path)
            {
                _file = path is null ? null : new StateFile(path);
                _problem = null;
            }
        }
    }

    /// <summary>Writes the file now. Blocks while it does.</summary>
    public void Save()
    {
        lock (_lock)
        {
            TrySaveNeedsLock(time.GetUtcNow() - UnclaimedAge, isLast: false);
        }
    }

    /// <summary>Writes the file for the last time: nothing is counted from here on, and nothing written. Blocks while it does.</summary>
    public void End()
    {
        lock (_lock)
        {
            TrySaveNeedsLock(time.GetUtcNow() - UnclaimedAge, isLast: true);
            _hasEnded = true;
        }
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A thread of its own: a disk may take its time, and the pool's threads have probes to run.
        return PeriodicWork.RunAsync(
            Period,
            time,
            () => Task.Factory.StartNew(Save, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            exception => Log.Fault(logger, exception),
            beginsAtOnce: false,
            stoppingToken);
    }

    private bool TrySaveNeedsLock(DateTimeOffset since, bool isLast)
    {
        if (_file is null || _hasEnded)
        {
            return true;
        }

        var document = new StateDocument(StateDocument.OurFormat, time.GetUtcNow(), targets.Remember(since, isLast)) { Ended = isLast };
        var problem = _file.TryWrite(document, out var setAside);
        metrics.StateSaved(problem is null);
        if (setAside is not null)
        {
            Log.SetAside(logger, _file.Path, setAside);
        }

        if (problem is not null && problem != _problem)
        {
            Log.NotWritten(logger, _file.Path, problem);
        }

        _problem = problem;
        return problem is null;
    }

    private TargetMemory[] Sensible(IEnumerable<TargetMemory> memories)
    {
        var all = memories.ToLookup(memory => memory.IsSensible());
        foreach (var nonsense in all[false].Take(1))
        {
            Log.Nonsense(logger, _file!.Path, all[false].Count(), nonsense.Target, nonsense.Module);
        }

        return [.. all[true]];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "state restored")]
        public static partial void Restored(ILogger logger, string stateFile, int targets, TimeSpan age, bool endedInOrder);

        [LoggerMessage(2, LogLevel.Warning, "the state file is ignored: every target begins as unknown")]
        public static partial void Ignored(ILogger logger, string stateFile, string problem);

        [LoggerMessage(3, LogLevel.Error, "the state file cannot be written: a restart would forget what is known; its directory must be writable for the exporter's user")]
        public static partial void NotWritten(ILogger logger, string stateFile, string problem);

        [LoggerMessage(4, LogLevel.Warning, "the state file could not be used and was set aside under another name")]
        public static partial void SetAside(ILogger logger, string stateFile, string setAside);

        [LoggerMessage(5, LogLevel.Warning, "what the state file says of some targets cannot be true and is ignored: they begin as unknown")]
        public static partial void Nonsense(ILogger logger, string stateFile, int ignored, string target, string module);

        [LoggerMessage(6, LogLevel.Error, "a bug in zmq_exporter was contained: the state file was not written")]
        public static partial void Fault(ILogger logger, Exception exception);
    }
}
