using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.Supervision;

/// <summary>The service manager that started this process, as systemd does: takes messages of sd_notify(3). Thread-safe; never throws.</summary>
internal sealed partial class ServiceManager
{
    private readonly ISystemdNotifier _notifier;
    private readonly ILogger _logger;

    /// <param name="notifier">Sends to the socket that the service manager has named.</param>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="process">Our id: the watchdog may watch another process.</param>
    /// <param name="logger">Takes what could not be sent.</param>
    public ServiceManager(ISystemdNotifier notifier, Func<string, string?> environment, int process, ILogger logger)
    {
        _notifier = notifier;
        _logger = logger;
        IsWatching = notifier.IsEnabled
            && ulong.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var interval)
            && interval > 0
            && (environment("WATCHDOG_PID") is not { Length: > 0 } watched || watched == process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether it ends this process when no sign of life comes.</summary>
    public bool IsWatching { get; }

    /// <summary>Sends lines of KEY=VALUE. Nothing happens when nobody wants them.</summary>
    public void Notify(params ReadOnlySpan<string> lines)
    {
        if (!_notifier.IsEnabled)
        {
            return;
        }

        try
        {
            _notifier.Notify(new ServiceState(string.Join('\n', lines)));
        }
        catch (SocketException exception)
        {
            Log.Failed(_logger, exception); // without a sign of life it ends this process, which is what it is for
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "the service manager did not take a message")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
