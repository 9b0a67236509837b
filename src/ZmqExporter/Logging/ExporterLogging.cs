using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ZmqExporter.Logging;

/// <summary>Sets up logging as the command line asks.</summary>
internal static class ExporterLogging
{
    // Logs a failed start with its stack, which the command line reports in one line. What it says of dying
    // background services is critical and comes through.
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Adds the console logger in the format and from the level that the settings name.</summary>
    public static void AddExporterLogging(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        var debug = settings.Level == LogLevel.Debug;
        logging.SetMinimumLevel(settings.Level);
        if (!debug)
        {
            var framework = settings.Level > LogLevel.Warning ? settings.Level : LogLevel.Warning;
            logging.AddFilter("Microsoft", framework);
            logging.AddFilter("System", framework);
            logging.AddFilter(HostCategory, LogLevel.Critical);
        }

        logging.AddConsole();
        logging.AddConsoleFormatter<LogfmtFormatter, LogfmtFormatterOptions>(options => options.StackTraces = debug);
        logging.AddJsonConsole(options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        logging.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            options.FormatterName = settings.Format == LogFormat.Json ? ConsoleFormatterNames.Json : LogfmtFormatter.FormatterName;
            options.LogToStandardErrorThreshold = LogLevel.Trace;
        });
    }
}
