using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Web;
using ZmqExporter.Logging;

namespace ZmqExporter.Http.Protection;

/// <summary>
/// The web config as its files say now: they are looked at for each request and each handshake, and read when they have changed. A file that has become
/// bad changes nothing, and is logged once. Thread-safe.
/// </summary>
internal sealed partial class WebConfigStore
{
    // A file that could not be read may become readable without a change that shows.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Func<WebConfigResult> _load;
    private readonly Func<string, string> _stateOf;
    private readonly TimeProvider _time;
    private readonly ILogger<WebConfigStore> _logger;
    private volatile WebConfig _current;
    private EquatableArray<FileState> _files;
    private EquatableArray<ConfigError> _warnings;
    private Timestamp? _failedAt;

    /// <param name="loaded">What is in force at the start.</param>
    /// <param name="load">Loads the file again.</param>
    /// <param name="stateOf">The state of a file now.</param>
    /// <param name="time">For the time between two attempts.</param>
    /// <param name="logger">Hears of each change, and of what is wrong.</param>
    public WebConfigStore(
        WebConfigResult loaded, Func<WebConfigResult> load, Func<string, string> stateOf, TimeProvider time, ILogger<WebConfigStore> logger)
    {
        _current = loaded.Config ?? throw new ArgumentException("it has errors", nameof(loaded));
        _files = loaded.Files;
        _warnings = loaded.Warnings;
        _load = load;
        _stateOf = stateOf;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// What is in force was read, and all that the file says is (true), or not. At the start it is, and nobody is told.
    /// </summary>
    public Action<bool, WebConfig> OnRead { get; init; } = static (_, _) => { };

    /// <summary>The config in force, without a look at the files.</summary>
    public WebConfig Latest => _current;

    /// <summary>The config in force.</summary>
    public WebConfig Get()
    {
        lock (_gate)
        {
            var mayRetry = _failedAt is { } failed && Timestamp.Now(_time) - failed >= RetryInterval;
            if (mayRetry || _files.Any(file => _stateOf(file.Path) != file.Fingerprint))
            {
                Read();
            }

            return _current;
        }
    }

    private void Read()
    {
        var isRetry = _failedAt is not null;
        var result = _load();
        var haveChanged = result.Files != _files;
        _files = result.Files;
        _failedAt = null;
        if (result.Config is not { } config)
        {
            Fail(result.Errors.Select(error => error.ToString()), isRetry && !haveChanged);
        }
        else if (config.Tls is null != _current.Tls is null)
        {
            // A password that was changed with it counts all the same: who was locked out must be. But a file without any, whose certificates
            // are to protect the port from now on, must not open it until they do.
            _current = config with { Tls = _current.Tls, Users = config.Users.Count == 0 ? _current.Users : config.Users };
            Fail(
                [$"{_files[0].Path}: TLS cannot be turned on or off while the exporter runs, all else is in force: restart the exporter"],
                isRetry && !haveChanged);
        }
        else
        {
            _current = config;
            Log.Read(_logger, _files[0].Path);
            foreach (var warning in result.Warnings.Except(_warnings))
            {
                Log.Warning(_logger, warning.ToString());
            }

            _warnings = result.Warnings;
        }

        OnRead(_failedAt is null, _current);
    }

    private void Fail(IEnumerable<string> errors, bool isKnown)
    {
        _failedAt = Timestamp.Now(_time);
        if (isKnown)
        {
            return;
        }

        foreach (var error in errors)
        {
            Log.Error(_logger, error);
        }

        Log.Failed(_logger, _files[0].Path);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "web config read again")]
        public static partial void Read(ILogger logger, string file);

        [LoggerMessage(EventId = 2, EventName = LogEvents.SelfLimited + nameof(Error), Level = LogLevel.Error, Message = "web config error")]
        public static partial void Error(ILogger logger, string error);

        [LoggerMessage(
            EventId = 3,
            EventName = LogEvents.SelfLimited + nameof(Failed),
            Level = LogLevel.Error,
            Message = "the web config is not in force as the file has it: mend the errors above")]
        public static partial void Failed(ILogger logger, string file);

        [LoggerMessage(EventId = 4, EventName = LogEvents.SelfLimited + nameof(Warning), Level = LogLevel.Warning, Message = "web config warning")]
        public static partial void Warning(ILogger logger, string warning);
    }
}
