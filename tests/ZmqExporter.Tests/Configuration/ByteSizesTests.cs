using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Configuration;

public sealed class ByteSizesTests
{
    [Theory]
    [InlineData("1B", 1)]
    [InlineData("1KiB", 1024)]
    [InlineData("16MiB", 16 << 20)]
    [InlineData("1GiB", 1 << 30)]
    [InlineData("0B", 0)]
    public void TryParse_NumberWithUnit_IsReadAndShownAgain(string text, long bytes)
    {
        Assert.True(ByteSizes.TryParse(text, out var read));
        Assert.Equal(bytes, read);
        Assert.True(ByteSizes.TryParse(ByteSizes.Show(bytes), out var again));
        Assert.Equal(bytes, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("16")]
    [InlineData("16MB")]
    [InlineData("16 MiB")]
    [InlineData("-1MiB")]
    [InlineData("1.5MiB")]
    [InlineData("9999999999GiB")] // more than 64 bits
    [InlineData("99999999999999999999B")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.False(ByteSizes.TryParse(text, out _));
}
