using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("0.5s", "500ms")]
    [InlineData("1.5s", "1500ms")]
    [InlineData("0,25 s", "250ms")]
    [InlineData("1.5m", "1m30s")]
    [InlineData("0.5h", "30m")]
    [InlineData("2 s", "2s")]
    [InlineData("2\u00a0s", "2s")]
    [InlineData("“2s”", "2s")]
    [InlineData("10 seconds", "10s")]
    [InlineData("5 min", "5m")]
    [InlineData("1H", "1h")]
    [InlineData("250msec", "250ms")]
    [InlineData("0.0001s", null)] // less than a millisecond
    [InlineData("0s", null)]
    [InlineData("5", null)] // seconds, or milliseconds?
    [InlineData("s", null)]
    [InlineData("-1s", null)]
    [InlineData("1.2.3s", null)]
    [InlineData("5 parsecs", null)]
    [InlineData("999999999999d", null)]
    [InlineData("", null)]
    public void Meant_MistypedDuration_IsWrittenAsItMustBe(string text, string? meant)
    {
        Assert.Equal(meant, Durations.Meant(text));
        Assert.True(meant is null || Durations.TryParse(meant, out _));
    }
}
