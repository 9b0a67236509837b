using ZmqExporter.Cli;
using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Cli;

public sealed class FrameTextTests
{
    [Theory]
    [InlineData("hex:0400", "0400")]
    [InlineData("hex:04 00 FF", "0400ff")]
    [InlineData("hex:04:00", "0400")]
    [InlineData("hex:", "")]
    public void ToFrame_Hex_IsBytes(string text, string bytes)
    {
        Assert.Null(FrameText.Complaint(text));
        Assert.Equal(new FrameConfig(null, [.. Convert.FromHexString(bytes)]), FrameText.ToFrame(text));
        Assert.Equal(ExpectConfig.EqualsBytes(0, [.. Convert.FromHexString(bytes)]), FrameText.ToCondition(text));
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("{\"hex\": 1}")]
    [InlineData("0x04")]
    [InlineData("HEX:04")]
    [InlineData("")]
    public void ToFrame_AnythingElse_IsText(string text)
    {
        Assert.Null(FrameText.Complaint(text));
        Assert.Equal(new FrameConfig(text, []), FrameText.ToFrame(text));
        Assert.Equal(ExpectConfig.EqualsText(0, text), FrameText.ToCondition(text));
    }
}
