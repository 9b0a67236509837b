using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;
using static ZmqExporter.Tests.Logging.LogLines;

namespace ZmqExporter.Tests.Logging;

public sealed class LogfmtLineTests
{
    [Fact]
    public void Format_Pairs_QuotesOnlyWhatNeedsItAndLeavesOutWhatHasNoValue()
    {
        var line = LogfmtLine.Format(Line(
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
            ("{OriginalFormat}", "listening")));

        Assert.Equal(
            "time=2026-01-02T03:04:05.678Z level=info component=Scheduling.ProbeScheduler msg=\"listening\" address=http://[::1]:9 "
            + "target_name=\"a b\" empty=\"\" took=1.234s ratio=0.5 done=true\n",
            line);
    }

    [Theory]
    [InlineData("two\nlines", "two\\nlines")]
    [InlineData("a \"b\" \\ c", "a \\\"b\\\" \\\\ c")]
    [InlineData("\u001b[31m\r\t", "\\u001b[31m\\r\\t")]
    [InlineData("a\u2028b\u0085", "a\\u2028b\\u0085")]
    public void Format_TextOfStrangers_StaysOneLine(string text, string expected)
    {
        var line = LogfmtLine.Format(Line(LogLevel.Warning, "X", text, null, ("value", text)));

        Assert.Equal($"time=2026-01-02T03:04:05.678Z level=warn component=X msg=\"{expected}\" value=\"{expected}\"\n", line);
    }

    [Theory]
    [InlineData(LogLevel.Trace, "debug")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "error")]
    public void Format_EachLevel_HasItsName(LogLevel level, string expected) =>
        Assert.Contains($" level={expected} ", LogfmtLine.Format(Line(level, "X", "m", null)), StringComparison.Ordinal);
}
