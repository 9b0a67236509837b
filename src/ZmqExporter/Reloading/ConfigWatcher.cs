using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ZmqExporter.Background;
using ZmqExporter.Configuration;

namespace ZmqExporter.Reloading;

/// <summary>
/// <c>--config.auto-reload</c>: reloads when the files change that were read for the config. It looks at them now and then: a watch of the
/// kernel's would miss what happens behind links and on file systems of other hosts.
/// </summary>
/// <param name="files">The files as they were when they were last read.</param>
/// <param name="stateOf">The state of a file now.</param>
/// <param name="reload">Reloads; after that the files are others.</param>
/// <param name="time">Its clock.</param>
/// <param name="logger">Hears of bugs.</param>
internal sealed partial class ConfigWatcher(
    Func<EquatableArray<FileState>> files, Func<string, string> stateOf, Func<Task> reload, TimeProvider time, ILogger<ConfigWatcher> logger)
    : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // But a file that is written each second must be read in the end.
    private const int MostWaits = 5;

    private EquatableArray<FileState> _before = [];
    private int _waits;

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RunAsync(Period, time, LookAsync, exception => Log.Fault(logger, exception), beginsAtOnce: true, stoppingToken);

    private async Task LookAsync()
    {
        // Somebody may be writing still: what has not changed since the last look is whole, as far as anybody can know.
        var read = files();
        EquatableArray<FileState> now = [.. read.Select(file => file with { Fingerprint = stateOf(file.Path) })];
        var isRead = now != read && (now == _before || ++_waits >= MostWaits);
        _waits = isRead || now == read ? 0 : _waits;
        _before = now;
        if (isRead)
        {
            await reload();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "a bug in zmq_exporter was contained: the files of the configuration are looked at again")]
        public static partial void Fault(ILogger logger, Exception exception);
    }
}
