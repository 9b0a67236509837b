using Microsoft.Extensions.Logging;
using ZmqExporter.Logging;
using static ZmqExporter.Tests.Logging.LogLines;

namespace ZmqExporter.Tests.Logging;

public sealed class LogLineTests
{
    [Fact]
    public void Create_LineOfALibrary_ShowsNoValueThatItsTextHasAlready()
    {
        var line = Line(
            LogLevel.Warning,
            "Microsoft.AspNetCore.Server.Kestrel",
            "Connection id \"0HN\" failed",
            null,
            ("ConnectionId", "0HN"),
            ("Port", 5),
            ("{OriginalFormat}", "Connection id \"{ConnectionId}\" failed"));

        Assert.Equal(["time", "level", "component", "msg", "port"], line.Fields.Select(field => field.Key), StringComparer.Ordinal);
    }

    [Fact]
    public void Create_NamesThatMeet_AreKeptApart()
    {
        var line = Line(LogLevel.Warning, "X", "m", new InvalidOperationException("it broke"), ("Level", 7), ("msg", "b"), ("Msg", "c"), ("err", "d"), ("", "e"));

        Assert.Equal(
            ["time", "level", "component", "msg", "level_2", "msg_2", "msg_3", "err", "_", "err_2"],
            line.Fields.Select(field => field.Key),
            StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("failed", "InvalidOperationException: it broke")]
    [InlineData("failed: it broke", "InvalidOperationException")]
    public void Create_Exception_SaysNothingThatTheTextSays(string message, string expected)
    {
        var line = Line(LogLevel.Error, "X", message, new InvalidOperationException("it broke"));

        Assert.Equal(expected, Value(line, "err"));
        Assert.Null(Value(line, "stack"));
    }

    [Fact]
    public void Create_WithStackTraces_ShowsThemAndTheirCausesWithoutRepeatingTheError()
    {
        var line = LogLine.Create(Moment, LogLevel.Error, "X", "failed", null, Thrown(), stackTraces: true);

        var stack = Assert.IsType<string>(Value(line, "stack"));
        Assert.Contains(nameof(Thrown), stack, StringComparison.Ordinal);
        Assert.Contains("caused by IOException: the cause", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("it broke", stack, StringComparison.Ordinal);
    }

    private static object? Value(LogLine line, string key) => line.Fields.FirstOrDefault(field => field.Key == key).Value;

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("it broke", new IOException("the cause"));
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }
}
