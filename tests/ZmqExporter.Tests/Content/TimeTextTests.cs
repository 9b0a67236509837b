using System.Text;
using ZmqExporter.Content;

namespace ZmqExporter.Tests.Content;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("1700000000", 1_700_000_000)]
    [InlineData("1700000000.5", 1_700_000_000.5)]
    [InlineData("1700000000123", 1_700_000_000.123)]
    [InlineData("1700000000123456", 1_700_000_000.123456)]
    [InlineData("1700000000123456789", 1_700_000_000.123456789)]
    [InlineData("2023-11-14T22:13:20Z", 1_700_000_000)]
    [InlineData("2023-11-14T23:13:20.25+01:00", 1_700_000_000.25)]
    [InlineData("2023-11-14 22:13:20", 1_700_000_000)] // without a zone it is UTC
    public void TryRead_AnyUnit_IsTakenByTheSize(string text, double seconds)
    {
        Assert.True(TimeText.TryRead(FoundValue.OfText(Encoding.UTF8.GetBytes(text)), perSecond: null, out var read));
        Assert.Equal(seconds, read, 0.000001);
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("12:00 or so")]
    [InlineData("2023-13-45T00:00:00Z")]
    public void TryRead_NoTime_IsRefused(string text) =>
        Assert.False(TimeText.TryRead(FoundValue.OfText(Encoding.UTF8.GetBytes(text)), perSecond: null, out _));

    [Fact]
    public void TryRead_WantedForm_IsTheOnlyOne()
    {
        Assert.False(TimeText.TryRead(FoundValue.OfText("2023-11-14T22:13:20Z"u8), perSecond: 1, out _));
        Assert.False(TimeText.TryRead(FoundValue.OfText("1700000000"u8), perSecond: 0, out _));
        Assert.True(TimeText.TryRead(FoundValue.OfNumber("1700000000000"u8), perSecond: 1, out var seconds));
        Assert.Equal(1.7e12, seconds);
    }
}
