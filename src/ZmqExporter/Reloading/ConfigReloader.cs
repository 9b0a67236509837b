using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Logging;
using ZmqExporter.Metrics;
using ZmqExporter.Targets;

namespace ZmqExporter.Reloading;

/// <summary>
/// Puts the config file in force again: reads all of it, and changes something only when there is no error in it. One reload at a time;
/// whoever asks for one while another waits for its turn shares that one. Thread-safe.
/// </summary>
internal sealed partial class ConfigReloader
{
    /// <summary>How long reading the files may take. On a file system that hangs nobody waits longer for an answer.</summary>
    public static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);

    // In the log; the rest is what check-config prints.
    private const int ErrorsShown = 20;

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<ConfigResult> _load;
    private readonly Func<ExporterConfig, string?> _problemOf;
    private readonly Func<ConfigResult, TargetDiff> _apply;
    private readonly Func<TargetDiff> _retry;
    private readonly ReloadMetrics _metrics;
    private readonly ILogger<ConfigReloader> _logger;
    private Task _running;
    private Task<ReloadResult>? _waiting;
    private bool _isInForce = true; // not when Current could not be put in force, or only in part

    /// <param name="loaded">How the config that is in force was loaded.</param>
    /// <param name="load">Loads it again.</param>
    /// <param name="problemOf">Says why a config cannot be run by this process, or null.</param>
    /// <param name="apply">Puts a config in force.</param>
    /// <param name="retry">Is called in its place when the config is what it was: some targets may be left that could not be probed.</param>
    /// <param name="metrics">Is notified of how it went.</param>
    /// <param name="logger">The same, in words.</param>
    public ConfigReloader(
        ConfigResult loaded,
        Func<ConfigResult> load,
        Func<ExporterConfig, string?> problemOf,
        Func<ConfigResult, TargetDiff> apply,
        Func<TargetDiff> retry,
        ReloadMetrics metrics,
        ILogger<ConfigReloader> logger)
    {
        Current = loaded.Config ?? throw new ArgumentException("it has errors", nameof(loaded));
        Files = loaded.Files;
        Document = loaded.Document;
        _load = load;
        _problemOf = problemOf;
        _apply = apply;
        _retry = retry;
        _metrics = metrics;
        _logger = logger;
        _running = _begun.Task;
    }

    /// <summary>Is called when a reload begins. Must not throw. Set before <see cref="Begin"/>.</summary>
    public Action? OnReloading { get; set; }

    /// <summary>Is called when it has ended, in whichever way. Must not throw. Set before <see cref="Begin"/>.</summary>
    public Action<ReloadResult>? OnReloaded { get; set; }

    /// <summary>The config that was put in force last.</summary>
    public ExporterConfig Current { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>The same for anybody to see: YAML in UTF-8 without secrets.</summary>
    public ReadOnlyMemory<byte> Document { get; private set; }

    /// <summary>The files that were read, or could not be, when the config was last loaded, also in vain.</summary>
    public EquatableArray<FileState> Files { get; private set; }

    /// <summary>Why the last reload failed; empty when it did not.</summary>
    public EquatableArray<ConfigError> Errors { get; private set; }

    /// <summary>The targets of the config that was loaded first are probed: from now on it can be replaced. Who asked before has waited.</summary>
    public void Begin() => _begun.TrySetResult();

    /// <summary>Reloads, once the reload that may be under way has ended.</summary>
    /// <param name="cause">Who asks, for the log.</param>
    public Task<ReloadResult> ReloadAsync(string cause)
    {
        lock (_lock)
        {
            if (_waiting is null)
            {
                _waiting = AfterAsync(_running, cause);
                _running = _waiting;
            }

            return _waiting;
        }
    }

    private async Task<ReloadResult> AfterAsync(Task earlier, string cause)
    {
        await Task.Yield(); // the caller holds the lock
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _waiting = null; // from here on the files are read: who asks now may have changed them since
        }

        OnReloading?.Invoke();
        var result = ReloadOrFault(cause);
        OnReloaded?.Invoke(result);
        return result;
    }

    private ReloadResult ReloadOrFault(string cause)
    {
        try
        {
            var result = Reload(cause);
            Errors = result.Errors;
            return result;
        }
#pragma warning disable CA1031 // A bug of ours must not keep the next reload from being tried, and whoever asked gets an answer.
        catch (Exception exception)
        {
            _metrics.Failed();
            Log.Fault(_logger, exception, cause);
            return new ReloadResult(null, [OfFile($"a bug in zmq_exporter: {exception.GetType().Name}: {exception.Message}")]);
        }
#pragma warning restore CA1031
    }

    private ReloadResult Reload(string cause)
    {
        ConfigResult result;
        try
        {
            result = _load();
        }
        catch (FileTooSlowException exception)
        {
            result = new ConfigResult(null, [OfFile($"it, or a file that it names, was {exception.Message} read")], Files);
        }

        Files = result.Files;
        var errors = result.Errors;
        if (result.Config is { } config && _problemOf(config) is { } problem)
        {
            errors = [OfFile(problem)];
        }

        if (result.Config is null || errors.Length > 0)
        {
            _metrics.Failed();
            foreach (var error in errors.Take(ErrorsShown))
            {
                Log.Error(_logger, error.ToString());
            }

            Log.Failed(_logger, cause, errors.Length);
            return new ReloadResult(null, errors);
        }

        var isNew = Current != result.Config || !_isInForce;
        _isInForce = !isNew; // until it is, whatever happens on the way
        var diff = isNew ? _apply(result) : _retry();
        (Current, Document) = (result.Config, result.Document);
        _isInForce = true;
        _metrics.Succeeded();
        Log.Reloaded(_logger, cause, diff.Added.Length, diff.Changed.Length, diff.Removed.Length, diff.Unchanged);
        return new ReloadResult(diff, []);
    }

    private ConfigError OfFile(string message) => new(Files[0].Path, Line: 0, Column: 0, Path: "", message, Remedy: "");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "config reloaded")]
        public static partial void Reloaded(ILogger logger, string cause, int added, int changed, int removed, int unchanged);

        // A reload has few of them, and somebody asked for it: each is logged, however soon the next one follows.
        [LoggerMessage(EventId = 2, EventName = LogEvents.SelfLimited + nameof(Error), Level = LogLevel.Error, Message = "config error")]
        public static partial void Error(ILogger logger, string problem);

        [LoggerMessage(
            EventId = 3,
            EventName = LogEvents.SelfLimited + nameof(Failed),
            Level = LogLevel.Error,
            Message = "the config was not reloaded and the one before stays in force: mend the errors above and reload once more")]
        public static partial void Failed(ILogger logger, string cause, int errors);

        [LoggerMessage(4, LogLevel.Error, "a bug in zmq_exporter: the reload failed")]
        public static partial void Fault(ILogger logger, Exception exception, string cause);
    }
}
