using System.Text;
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

    /// <summary>The pairs of a line of logfmt. Anything else than such a line fails.</summary>
    public static (string Key, string Value)[] ParseLogfmt(string line)
    {
        var pairs = new List<(string, string)>();
        for (var at = 0; at < line.Length; at++)
        {
            var equals = line.IndexOf('=', at);
            Assert.True(equals > at, $"no key at {at} of {line}");
            var key = line[at..equals];
            Assert.Matches("^[a-z_][a-z0-9_]*$", key);
            var value = new StringBuilder();
            at = equals + 1;
            if (at < line.Length && line[at] == '"')
            {
                for (at++; line[at] != '"'; at++)
                {
                    value.Append(line[at] == '\\' ? Unescape(line, ref at) : line[at]);
                }

                at++;
            }
            else
            {
                for (; at < line.Length && line[at] != ' '; at++)
                {
                    value.Append(line[at]);
                }
            }

            Assert.True(at == line.Length || line[at] == ' ', $"no end of a value at {at} of {line}");
            pairs.Add((key, value.ToString()));
        }

        return [.. pairs];
    }

    /// <summary>The pairs of a line of JSON, whose values must be flat.</summary>
    public static (string Key, JsonElement Value)[] ParseJson(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.Clone()))];
    }

    private static char Unescape(string line, ref int at)
    {
        at++;
        if (line[at] != 'u')
        {
            return line[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other };
        }

        at += 4;
        return (char)Convert.ToInt32(line[(at - 3)..(at + 1)], 16);
    }
}
