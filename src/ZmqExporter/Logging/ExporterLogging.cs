using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.Logging;

/// <summary>Sets up logging as the command line asks.</summary>
internal static class ExporterLogging
{
    // Logs a failed start with its stack, which the command line reports in one line. What it says of dying
    // background services is critical and comes through.
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Makes this the one log, on the standard error stream, from the level that the settings name.</summary>
    public static void AddExporterLogging(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.SetMinimumLevel(settings.Level);

        // The libraries' lines below a warning have texts and keys that are not ours, and a busy page writes several for each request.
        var framework = settings.Level > LogLevel.Warning ? settings.Level : LogLevel.Warning;
        logging.AddFilter("Microsoft", framework);
        logging.AddFilter("System", framework);
        logging.AddFilter(HostCategory, LogLevel.Critical);

        logging.ClearProviders();
        logging.Services.AddSingleton<ILoggerProvider>(provider =>
            new ExporterLoggerProvider(settings, provider.GetRequiredService<TimeProvider>(), Console.OpenStandardError()));
    }
}
