using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData(":19555", null, false, 19555)]
    [InlineData("127.0.0.1:0", "127.0.0.1", false, 0)]
    [InlineData("0.0.0.0:80", "0.0.0.0", false, 80)]
    [InlineData("[::1]:9", "::1", false, 9)]
    [InlineData("localhost:9", null, true, 9)]
    [InlineData(":65535", null, false, 65535)]
    public void TryParse_ValidAddress_GivesItsParts(string text, string? address, bool isLocalhost, int port)
    {
        Assert.True(ListenAddress.TryParse(text, out var parsed, out var error), error);

        Assert.Equal(address, parsed.Address?.ToString());
        Assert.Equal(isLocalhost, parsed.IsLocalhost);
        Assert.Equal(port, parsed.Port);
        Assert.Equal(text, parsed.ToString());
    }

    [Fact]
    public void TryParse_UnixSocket_GivesItsPath()
    {
        Assert.True(ListenAddress.TryParse("unix:/run/zmq:1.sock", out var parsed, out _));

        Assert.Equal("/run/zmq:1.sock", parsed.UnixPath);
        Assert.Equal("unix:/run/zmq:1.sock", parsed.ToString());
    }

    [Theory]
    [InlineData("", "has no port")]
    [InlineData("19555", "has no port")]
    [InlineData("127.0.0.1", "has no port")]
    [InlineData(":", "\"\" is not a port")]
    [InlineData(":65536", "\"65536\" is not a port")]
    [InlineData(":-1", "\"-1\" is not a port")]
    [InlineData(":http", "\"http\" is not a port")]
    [InlineData("::1:9", "brackets")]
    [InlineData("[127.0.0.1]:9", "not an IP address")]
    [InlineData("[::1:9", "brackets")]
    [InlineData("example.org:9", "not an IP address")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("unix:", "full path")]
    [InlineData("unix:zmq.sock", "full path")]
    [InlineData("unix:/run/", "full path")]
    [InlineData("unix:/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/12345678", "107 bytes")]
    public void TryParse_InvalidAddress_SaysHowToWriteIt(string text, string expected)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
