using Microsoft.Extensions.Logging;

namespace ZmqExporter.Logging;

/// <summary>Makes loggers that write our lines, in the format and to the limits that are ours, also for libraries. Thread-safe.</summary>
internal sealed class ExporterLoggerProvider : ILoggerProvider
{
    private readonly TimeProvider _time;
    private readonly Func<LogLine, string> _format;
    private readonly bool _stackTraces;
    private readonly LineLimit _limit;
    private readonly LogOutput _output;

    /// <param name="settings">Level and format. Exceptions have their stack at the level debug, and in our own errors.</param>
    /// <param name="time">The clock of the lines.</param>
    /// <param name="stream">Takes them; it stays the caller's.</param>
    public ExporterLoggerProvider(LogSettings settings, TimeProvider time, Stream stream)
    {
        _time = time;
        _format = settings.Format == LogFormat.Json ? JsonLine.Format : LogfmtLine.Format;
        _stackTraces = settings.Level == LogLevel.Debug;
        _limit = new LineLimit(time);
        _output = new LogOutput(stream, lost => _format(Lost(lost)));
    }

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new CategoryLogger(this, categoryName);

    /// <summary>Writes what waits.</summary>
    public void Dispose() => _output.Dispose();

    private LogLine Lost(long lines) => Count(
        typeof(LogOutput), "lines of this log were lost: whatever reads it stood still or could not take them", "lines", lines);

    private LogLine Forgotten(long lines) => Count(
        typeof(LineLimit), "warnings and errors were left out that no later line counts: there were too many kinds of them", "left_out", lines);

    private LogLine Count(Type component, string message, string key, long lines) => LogLine.Create(
        _time.GetUtcNow(),
        LogLevel.Warning,
        component.FullName!,
        message,
        [KeyValuePair.Create<string, object?>(key, lines)],
        exception: null,
        stackTraces: false);

    private sealed class CategoryLogger(ExporterLoggerProvider owner, string category) : ILogger
    {
        private static readonly string[] SubjectKeys = ["target", "module", "targets", "endpoint"];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        // Compiled once for each message that there is: all but the text is elsewhere.
        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var pairs = state as IReadOnlyList<KeyValuePair<string, object?>>;
            if (IsEnabled(logLevel) && MayWrite(logLevel, eventId, pairs, exception, out var leftOut))
            {
                Write(logLevel, formatter(state, exception), pairs, exception, leftOut);
            }
        }

        private bool MayWrite(LogLevel level, EventId eventId, IReadOnlyList<KeyValuePair<string, object?>>? pairs, Exception? exception, out long leftOut)
        {
            leftOut = 0;
            if (level < LogLevel.Warning || LimitsItself(eventId))
            {
                return true;
            }

            if (!owner._limit.Allows(Kind(pairs, exception, IsOwnError(level)), out leftOut))
            {
                return false;
            }

            if (owner._limit.TakeForgotten() is > 0 and var forgotten)
            {
                owner._output.Write(owner._format(owner.Forgotten(forgotten)));
            }

            return true;
        }

        private void Write(LogLevel level, string text, IReadOnlyList<KeyValuePair<string, object?>>? pairs, Exception? exception, long leftOut)
        {
            var line = LogLine.Create(owner._time.GetUtcNow(), level, category, text, pairs, exception, owner._stackTraces || IsOwnError(level));
            owner._output.Write(owner._format(leftOut == 0 ? line : line.With("left_out", leftOut)));
        }

        // With these, an exception is a bug of ours, and the user who reports it may not be able to repeat it at the level debug.
        private bool IsOwnError(LogLevel level) => level >= LogLevel.Error && category.StartsWith(LogLine.OwnPrefix, StringComparison.Ordinal);

        private static bool LimitsItself(EventId eventId) =>
            eventId.Name is { } name && name.StartsWith(LogEvents.SelfLimited, StringComparison.Ordinal);

        // Two bugs of one type are told apart by where they are.
        private static string Name(Exception? exception, bool withPlace) => exception is null ? ""
            : withPlace ? $"{exception.GetType().Name}{exception.StackTrace?.Split('\n')[0]}"
            : exception.GetType().Name;

        private LineKind Kind(IReadOnlyList<KeyValuePair<string, object?>>? pairs, Exception? exception, bool withPlace)
        {
            var subject = pairs is null
                ? ""
                : string.Join('/', pairs.Where(pair => SubjectKeys.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).Select(pair => pair.Value));
            return new LineKind(category, LogLine.Template(pairs), Name(exception, withPlace), subject);
        }
    }
}
