using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;
using static ZmqExporter.Tests.Logging.LogLines;

namespace ZmqExporter.Tests.Logging;

public sealed class JsonLineTests
{
    [Fact]
    public void Format_Values_KeepTheirTypes()
    {
        var line = JsonLine.Format(Line(
            LogLevel.Warning,
            "ZmqExporter.X",
            "it \"is\" ünder",
            new IOException("gone"),
            ("Text", "a"),
            ("Count", 3),
            ("Big", ulong.MaxValue),
            ("Ratio", 0.5),
            ("Infinite", double.PositiveInfinity),
            ("Done", false),
            ("Took", TimeSpan.FromMilliseconds(1234)),
            ("Nothing", null)));

        Assert.Equal(
            "{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\",\"component\":\"X\",\"msg\":\"it \\\"is\\\" ünder\",\"text\":\"a\",\"count\":3,"
            + "\"big\":18446744073709551615,\"ratio\":0.5,\"infinite\":\"Infinity\",\"done\":false,\"took\":\"1.234s\",\"err\":\"IOException: gone\"}\n",
            line);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("\u001b[31m\r\t\0")]
    [InlineData("a\u2028b\u2029c\u0085d\u007f")]
    public void Format_TextOfStrangers_StaysOneLineAndComesBack(string text)
    {
        var line = JsonLine.Format(Line(LogLevel.Warning, "X", text, null, ("value", text)));

        Assert.DoesNotContain(line[..^1], c => char.IsControl(c) || c is '\u2028' or '\u2029');
        Assert.Equal(text, ParseJson(line).Single(pair => pair.Key == "value").Value.GetString());
    }

    [Fact]
    public void Format_HalfACharacter_IsReplaced() // JSON cannot hold it, and a log must not throw
    {
        var line = JsonLine.Format(Line(LogLevel.Warning, "X", "m", null, ("value", "a\ud800b")));

        Assert.Equal("a\ufffdb", ParseJson(line).Single(pair => pair.Key == "value").Value.GetString());
    }
}
