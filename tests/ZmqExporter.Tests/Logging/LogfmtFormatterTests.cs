using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Logging;

public sealed class LogfmtFormatterTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void Write_Pairs_QuotesOnlyWhatNeedsIt()
    {
        var line = Format(
            LogLevel.Information,
            "ZmqExporter.Scheduling.ProbeScheduler",
            "listening",
            null,
            ("address", "http://[::1]:9"),
            ("TargetName", "a b"),
            ("empty", ""),
            ("nothing", null),
            ("took", TimeSpan.FromMilliseconds(1234)),
            ("ratio", 0.5),
            ("done", true),
            ("{OriginalFormat}", "listening"));

        Assert.Equal(
            "time=2026-01-02T03:04:05.678Z level=info component=Scheduling.ProbeScheduler msg=\"listening\" address=http://[::1]:9 "
            + "target_name=\"a b\" empty=\"\" nothing=\"\" took=1.234s ratio=0.5 done=true\n",
            line);
    }

    [Theory]
    [InlineData("two\nlines", "two\\nlines")]
    [InlineData("a \"b\" \\ c", "a \\\"b\\\" \\\\ c")]
    [InlineData("\u001b[31m\r\t", "\\u001b[31m\\r\\t")]
    [InlineData("a\u2028b\u0085", "a\\u2028b\\u0085")]
    public void Write_TextOfStrangers_StaysOneLine(string text, string expected)
    {
        var line = Format(LogLevel.Warning, "X", text, null, ("value", text));

        Assert.Equal($"time=2026-01-02T03:04:05.678Z level=warn component=X msg=\"{expected}\" value=\"{expected}\"\n", line);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_Exception_ShowsItsStackOnlyWhenAsked(bool stackTraces)
    {
        var line = Format(LogLevel.Error, "X", "failed", new InvalidOperationException("it broke"), stackTraces);

        Assert.Contains(" level=error component=X msg=\"failed\" err=\"InvalidOperationException: it broke\"", line, StringComparison.Ordinal);
        Assert.Equal(stackTraces, line.Contains(" stack=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LogLevel.Trace, "debug")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "error")]
    public void Write_EachLevel_HasItsName(LogLevel level, string expected) =>
        Assert.Contains($" level={expected} ", Format(level, "X", "m", null), StringComparison.Ordinal);

    private static string Format(LogLevel level, string category, string message, Exception? exception, params (string, object?)[] pairs) =>
        Format(level, category, message, exception, stackTraces: false, pairs);

    private static string Format(
        LogLevel level, string category, string message, Exception? exception, bool stackTraces, params (string Key, object? Value)[] pairs)
    {
        var state = pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)).ToArray();
        var formatter = new LogfmtFormatter(Time, Options.Create(new LogfmtFormatterOptions { StackTraces = stackTraces }));
        using var writer = new StringWriter();
        formatter.Write(new LogEntry<KeyValuePair<string, object?>[]>(level, category, 0, state, exception, (_, _) => message), null, writer);
        return writer.ToString();
    }
}
