namespace Zmtp.Tests;

public sealed class ZmtpEndpointTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:5555")]
    [InlineData("tcp://[::1]:1")]
    [InlineData("tcp://orders.internal:65535")]
    [InlineData("tcp://a_b-c.d:80")]
    [InlineData("ipc:///run/server.sock")]
    [InlineData("ipc://@server")]
    public void TryParse_ValidEndpoint_RoundTrips(string text)
    {
        Assert.True(ZmtpEndpoint.TryParse(text, out var endpoint, out var error), error);
        Assert.Equal(text, endpoint.ToString());
    }

    [Theory]
    [InlineData("", "tcp://host:port")]
    [InlineData("localhost:5555", "starts with its transport")]
    [InlineData("udp://a:1", "\"udp\" cannot be probed")]
    [InlineData("ipc://", "whole path")]
    [InlineData("ipc://@", "whole path")]
    [InlineData("ipc://server.sock", "whole path")]
    [InlineData("ipc:///a\0b", "NUL")]
    [InlineData("ipc:///0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901", "at most 107 bytes")]
    [InlineData("tcp://a", "port is missing")]
    [InlineData("tcp://:5", "host is missing")]
    [InlineData("tcp://*:5", "for servers")]
    [InlineData("tcp://0.0.0.0:5", "wildcard")]
    [InlineData("tcp://::1:5", "brackets")]
    [InlineData("tcp://[::1]", "brackets and a port")]
    [InlineData("tcp://[::1:5", "brackets and a port")]
    [InlineData("tcp://[127.0.0.1]:5", "not an IPv6 address")]
    [InlineData("tcp://a:0", "\"0\" is not a port")]
    [InlineData("tcp://a:65536", "\"65536\" is not a port")]
    [InlineData("tcp://a:-1", "not a port")]
    [InlineData("tcp://a:", "not a port")]
    [InlineData("tcp://1.2.3:5", "not an IPv4 address")]
    [InlineData("tcp://010.0.0.1:5", "not an IPv4 address")]
    [InlineData("tcp://a b:5", "not a host name")]
    [InlineData("tcp://a/b:5", "not a host name")]
    public void TryParse_InvalidEndpoint_SaysWhatIsWrong(string text, string expected)
    {
        Assert.False(ZmtpEndpoint.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
