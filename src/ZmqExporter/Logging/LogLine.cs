using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ZmqExporter.Logging;

/// <summary>One line of the log, before it has a format: both formats show these keys, in this order. Immutable.</summary>
internal sealed class LogLine
{
    /// <summary>How the categories of our own loggers begin.</summary>
    public const string OwnPrefix = "ZmqExporter.";

    private const string TemplateKey = "{OriginalFormat}"; // the message template, which loggers add to every state

    private readonly List<Field> _fields;

    private LogLine(List<Field> fields) => _fields = fields;

    /// <summary>Its keys and values: time, level, component and msg first. No key comes twice.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>Makes a line.</summary>
    /// <param name="time">When it was logged.</param>
    /// <param name="level">How bad it is.</param>
    /// <param name="category">Who logs.</param>
    /// <param name="message">The text.</param>
    /// <param name="state">The pairs that were logged; those without a value are left out.</param>
    /// <param name="exception">What was thrown, or null.</param>
    /// <param name="stackTraces">Whether exceptions come with their stack.</param>
    public static LogLine Create(
        DateTimeOffset time,
        LogLevel level,
        string category,
        string message,
        IReadOnlyList<KeyValuePair<string, object?>>? state,
        Exception? exception,
        bool stackTraces)
    {
        var isOwn = category.StartsWith(OwnPrefix, StringComparison.Ordinal);
        var line = new LogLine(new List<Field>(8 + (state?.Count ?? 0)));
        line.Add("time", time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        line.Add("level", LevelName(level));
        line.Add("component", isOwn ? category[OwnPrefix.Length..] : category);
        line.Add("msg", message);
        line.AddPairs(state ?? [], template: isOwn ? "" : Template(state));
        if (exception is not null)
        {
            line.AddException(exception, message, stackTraces);
        }

        return line;
    }

    /// <summary>The line with one more pair.</summary>
    public LogLine With(string key, object value)
    {
        var line = new LogLine([.. _fields]);
        line.AddUnique(key, value);
        return line;
    }

    /// <summary>The message of a log call without its values; empty when it has none.</summary>
    public static string Template(IReadOnlyList<KeyValuePair<string, object?>>? state)
    {
        foreach (var (key, value) in state ?? [])
        {
            if (key == TemplateKey)
            {
                return value as string ?? "";
            }
        }

        return "";
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    // A library puts its values into the text of the message: as pairs they would stand there a second time. Ours stand in pairs only.
    private void AddPairs(IReadOnlyList<KeyValuePair<string, object?>> pairs, string template)
    {
        foreach (var (key, value) in pairs)
        {
            if (key != TemplateKey && value is not null && !template.Contains($"{{{key}", StringComparison.Ordinal))
            {
                AddUnique(LogfmtText.Key(key), value);
            }
        }
    }

    private void AddException(Exception exception, string message, bool stackTraces)
    {
        var type = exception.GetType().Name;
        AddUnique("err", message.Contains(exception.Message, StringComparison.Ordinal) ? type : $"{type}: {exception.Message}");
        if (stackTraces)
        {
            AddUnique("stack", Stack(exception));
        }
    }

    // Not ToString of the exception: that begins with what "err" says already.
    private static string Stack(Exception exception)
    {
        var stack = exception.StackTrace ?? "";
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            stack += $"\n--- caused by {inner.GetType().Name}: {inner.Message}\n{inner.StackTrace}";
        }

        return stack;
    }

    private void AddUnique(string key, object value)
    {
        var unique = key;
        for (var number = 2; _fields.Exists(field => field.Key == unique); number++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{key}_{number}");
        }

        Add(unique, value);
    }

    private void Add(string key, object value) => _fields.Add(new Field(key, value));

    /// <summary>A key in snake_case and its value, which is never null.</summary>
    internal readonly record struct Field(string Key, object Value);
}
