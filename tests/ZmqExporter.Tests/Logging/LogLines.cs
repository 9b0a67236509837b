using System.Text.Json;
using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Logging;

/// <summary>Log lines of a moment that does not pass, and what was written of them.</summary>
internal static class LogLines
{
    public static readonly DateTimeOffset Moment = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static LogLine Line(
        LogLevel level, string category, string message, Exception? exception, params (string Key, object? Value)[] pairs) =>
        LogLine.Create(
            Moment, level, category, message, [.. pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))], exception, stackTraces: false);

    /// <summary>The pairs of a line of JSON, whose values must be flat.</summary>
    public static (string Key, JsonElement Value)[] ParseJson(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.Clone()))];
    }
}
