using System.Net;
using System.Net.NetworkInformation;
using CsCheck;

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
    [InlineData("ipc:///run/a,b; c.sock")]
    [InlineData("tcp://[fe80::1%eth0]:5555")]
    [InlineData("tcp://[fe80::1%3]:5555")]
    [InlineData("tcp://[fe80::1%br-lan_0.100]:5555")]
    public void TryParse_ValidEndpoint_RoundTrips(string text)
    {
        Assert.True(ZmtpEndpoint.TryParse(text, out var endpoint, out var error), error);
        Assert.Equal(text, endpoint.ToString());
    }

    [Theory]
    [InlineData("", "tcp://host:port")]
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
    [InlineData("tcp://a:0", "\"0\" is for servers")]
    [InlineData("tcp://a:*", "\"*\" is for servers")]
    [InlineData("tcp://a:5550-5560", "a range; make a target of each")]
    [InlineData("tcp://a:65536", "\"65536\" is not a port")]
    [InlineData("tcp://a:-1", "not a port")]
    [InlineData("tcp://a:", "port is missing")]
    [InlineData("tcp://1.2.3:5", "not an IPv4 address")]
    [InlineData("tcp://010.0.0.1:5", "not an IPv4 address")]
    [InlineData("tcp://a b:5", "not a host name")]
    [InlineData("tcp://a/b:5", "not a host name")]
    [InlineData("tcp://m\u00fcnchen.example:5", "xn--")]
    [InlineData("tcp://[[::1]]:5", "not an IPv6 address")]
    [InlineData("tcp://[fe80::1]:5", "lacks its zone, which is the interface of this host that leads there; write tcp://[fe80::1%eth0]:5, with its name")]
    [InlineData("tcp://[febf::1]:5", "lacks its zone")]
    [InlineData("tcp://fe80::1%eth0:5", "brackets")]
    [InlineData("tcp://[fe80::1]%eth0:5", "the zone stands inside the brackets")]
    [InlineData("tcp://[fe80::1%25eth0]:5", "without 25; write tcp://[fe80::1%eth0]:5")]
    [InlineData("tcp://[fe80::1%]:5", "after the % stands the zone")]
    [InlineData("tcp://[fe80::1%eth0@if3]:5", "after the % stands the zone")]
    [InlineData("tcp://[::]:5", "wildcard")]
    [InlineData("tcp://[ff02::1]:5", "many hosts")]
    [InlineData("tcp://239.1.2.3:5", "many hosts")]
    [InlineData("tcp://255.255.255.255:5", "many hosts")]
    [InlineData("tcp://a:1:2", "more than one port")]
    [InlineData("tcp://a:1/", "nothing follows the port; write tcp://a:1")]
    [InlineData("tcp://a:1/path?x", "nothing follows the port; write tcp://a:1")]
    [InlineData("tcp:///a:1", "a slash too many after the transport; write tcp://a:1")]
    [InlineData("tcp://user:secret@a:1", "under security")]
    [InlineData("tcp://http://a:1", "two transports")]
    [InlineData("ipc://*", "for servers")]
    [InlineData("ipc://~/a.sock", "whole path")]
    [InlineData("tcp:/a:1", "two slashes follow the transport; write tcp://a:1")]
    [InlineData("tcp:a:1", "write tcp://a:1")]
    [InlineData("tcp//a:1", "write tcp://a:1")]
    [InlineData("ipc:/run/a.sock", "write ipc:///run/a.sock")]
    [InlineData("ipc:@a", "write ipc://@a")]
    [InlineData("TCP://a:1", "lower case; write tcp://a:1")]
    [InlineData("localhost:5555", "starts with its transport; write tcp://localhost:5555")]
    [InlineData("[::1]:5555", "write tcp://[::1]:5555")]
    [InlineData("localhost", "write tcp://host:port or ipc:///path")]
    [InlineData("/run/a.sock", "write ipc:///run/a.sock")]
    [InlineData("@a", "write ipc://@a")]
    [InlineData("inproc://a", "no further than the process itself; have the server bind")]
    [InlineData("ws://a:1/zmq", "\"ws\" cannot be probed; have the server bind")]
    [InlineData("pgm://eth0;239.1.1.1:5555", "multicast")]
    [InlineData("epgm://239.1.1.1:5555", "multicast")]
    [InlineData("https://a:1", "CURVE, which stands under security; write tcp://a:1")]
    [InlineData("http://a:1/", "no transport of ZeroMQ; write tcp://host:port")]
    [InlineData("zmq://a:1", "write tcp://a:1")]
    [InlineData("unix:///run/a.sock", "write ipc:///run/a.sock")]
    [InlineData(" tcp://a:1", "white space")]
    [InlineData("tcp://a:1\n", "white space")]
    [InlineData("tcp://a:1,tcp://b:2", "a target has one endpoint, and this is a list of 2; make a target of each")]
    [InlineData("tcp://a:1;tcp://b:2; tcp://c:3", "a list of 3")]
    [InlineData("tcp://a:1 tcp://b:2", "a list of 2")]
    [InlineData("tcp://a:1\ntcp://b:2\n", "a list of 2")]
    [InlineData("ipc:///a,ipc:///b", "a list of 2")]
    [InlineData("tcp://a:1, b:2", "a list of 2")]
    [InlineData("a:1 b:2", "a list of 2")]
    [InlineData("tcp://a,b:2", "a list of 2")]
    [InlineData(" tcp://a:1 b:2", "a list of 2")]
    [InlineData("tcp://, ", "white space")]
    [InlineData("tcp://10.0.0.1:0;a:1", "names a source address before the semicolon")]
    public void TryParse_InvalidEndpoint_SaysWhatIsWrong(string text, string expected)
    {
        Assert.False(ZmtpEndpoint.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    // The remedy is what a configuration's error ends with.
    [Fact]
    public void TryParse_AnyText_RoundTripsOrSaysWhatToWrite()
    {
        string[] pieces = ["tcp", "ipc", "://", ":", "/", "[", "]", "%", "25", "eth0", "fe80::1", "::", "127.0.0.1", "a", "5555", "0", "*", "@", ",", ";", " ", "-", "~", "\0", "\u00fc", "x"];
        Gen.Int[0, pieces.Length - 1].Array[0, 12].Select(chosen => string.Concat(chosen.Select(index => pieces[index]))).Sample(
            text =>
            {
                if (ZmtpEndpoint.TryParse(text, out var endpoint, out var error))
                {
                    Assert.True(ZmtpEndpoint.TryParse(endpoint.ToString(), out var again, out _));
                    Assert.Equal(endpoint, again);
                    _ = endpoint.Address;
                }
                else
                {
                    Assert.True(error.IndexOf("; ", StringComparison.Ordinal) > 0, error);
                }
            },
            iter: 20_000);
    }

    [Fact]
    public void Address_WithAZone_HasTheNumberOfTheInterface()
    {
        var loopback = NetworkInterface.GetAllNetworkInterfaces().First(each => each.NetworkInterfaceType == NetworkInterfaceType.Loopback);
        var index = loopback.GetIPProperties().GetIPv6Properties().Index;

        Assert.True(ZmtpEndpoint.TryParse($"tcp://[fe80::1%{loopback.Name}]:5555", out var named, out _));
        Assert.True(ZmtpEndpoint.TryParse($"tcp://[fe80::1%{index}]:5555", out var numbered, out _));

        Assert.Equal(IPAddress.Parse($"fe80::1%{index}"), named.Address);
        Assert.Equal(index, named.Address!.ScopeId);
        Assert.Equal(named.Address, numbered.Address);
        Assert.False(named.IsName);
    }

    [Fact]
    public void Address_WithAnInterfaceThatIsNotThere_HasNoZone()
    {
        Assert.True(ZmtpEndpoint.TryParse("tcp://[fe80::1%nowhere]:5555", out var endpoint, out _));

        Assert.Equal(IPAddress.Parse("fe80::1"), endpoint.Address);
        Assert.Equal("tcp://[fe80::1%nowhere]:5555", endpoint.ToString());
    }
}
