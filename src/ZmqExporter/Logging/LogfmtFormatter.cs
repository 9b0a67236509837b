using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace ZmqExporter.Logging;

/// <summary>Log lines as Prometheus writes them: <c>time=… level=info component=… msg="…" key=value</c>.</summary>
internal sealed class LogfmtFormatter(TimeProvider time, IOptions<LogfmtFormatterOptions> options) : ConsoleFormatter(FormatterName)
{
    /// <summary>The name under which the console logger finds it.</summary>
    public const string FormatterName = "logfmt";

    private const string OwnPrefix = "ZmqExporter.";
    private const string TemplateKey = "{OriginalFormat}"; // the message template, which Microsoft's loggers add to every state

    /// <inheritdoc />
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write("time=");
        textWriter.Write(time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture));
        textWriter.Write(" level=");
        textWriter.Write(LevelName(logEntry.LogLevel));
        var category = logEntry.Category;
        LogfmtText.WritePair(
            textWriter,
            "component",
            category.StartsWith(OwnPrefix, StringComparison.Ordinal) ? category[OwnPrefix.Length..] : category);

        textWriter.Write(" msg=");
        LogfmtText.WriteQuoted(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> pairs)
        {
            foreach (var (key, value) in pairs)
            {
                if (key != TemplateKey)
                {
                    LogfmtText.WritePair(textWriter, key, value);
                }
            }
        }

        if (logEntry.Exception is { } exception)
        {
            LogfmtText.WritePair(textWriter, "err", $"{exception.GetType().Name}: {exception.Message}");
            if (options.Value.StackTraces)
            {
                LogfmtText.WritePair(textWriter, "stack", exception.ToString());
            }
        }

        textWriter.Write('\n');
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}

/// <summary>Options of <see cref="LogfmtFormatter"/>.</summary>
internal sealed class LogfmtFormatterOptions : ConsoleFormatterOptions
{
    /// <value>Whether exceptions come with their stack. Default false.</value>
    public bool StackTraces { get; set; }
}
