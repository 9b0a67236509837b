using ZmqExporter.Scanning;

namespace ZmqExporter.Tests.Scanning;

public sealed class AddressListTests
{
    [Theory]
    [InlineData("10.0.0.7:5555", "tcp://10.0.0.7:5555")]
    [InlineData("tcp://orders.internal:5555", "tcp://orders.internal:5555")]
    [InlineData("orders:5555-5557", "tcp://orders:5555 tcp://orders:5556 tcp://orders:5557")]
    [InlineData("[::1]:5555-5556", "tcp://[::1]:5555 tcp://[::1]:5556")]
    [InlineData("10.0.0.4/30:5555", "tcp://10.0.0.5:5555 tcp://10.0.0.6:5555")]
    [InlineData("tcp://10.0.0.4/31:5555", "tcp://10.0.0.4:5555 tcp://10.0.0.5:5555")]
    [InlineData("10.0.0.4/32:1-2", "tcp://10.0.0.4:1 tcp://10.0.0.4:2")]
    [InlineData("[fd00::/127]:5555", "tcp://[fd00::]:5555 tcp://[fd00::1]:5555")]
    [InlineData("ipc:///run/a.sock", "ipc:///run/a.sock")]
    public void Add_Word_NamesAddresses(string word, string expected)
    {
        var list = new AddressList(100);

        Assert.Null(list.Add(word));
        Assert.Equal(expected, string.Join(' ', list.Candidates.Select(candidate => candidate.Endpoint)));
    }

    [Theory]
    [InlineData("10.0.0.7", "has no port; write host:port")]
    [InlineData("[::1]", "has no port")]
    [InlineData("http://10.0.0.7:80", "has no port")]
    [InlineData("10.0.0.7:0", "\"0\" is neither a port nor a range of ports")]
    [InlineData("10.0.0.7:20-10", "\"20-10\" is neither")]
    [InlineData("10.0.0.7:5555-", "\"5555-\" is neither")]
    [InlineData("10.0.0.7:65536", "\"65536\" is neither")]
    [InlineData("10.0.0.0/33:5555", "\"10.0.0.0/33\" is no network; write one such as 10.0.0.0/24")]
    [InlineData("10.0.0.0/8:5555", "that makes 16777214 addresses, and at most 100 are looked at")]
    [InlineData("[fd00::/8]:1-65535", "addresses, and at most 100 are looked at")]
    [InlineData("a b:5555", "tcp://a b:5555")]
    [InlineData("*:5555", "is for servers")]
    [InlineData("ipc://", "ipc://")]
    public void Add_WhatNamesNone_IsAnErrorThatSaysWhy(string word, string expected)
    {
        var list = new AddressList(100);

        Assert.Contains(expected, list.Add(word), StringComparison.Ordinal);
        Assert.Empty(list.Candidates);
    }

    [Fact]
    public void Add_ManyWords_ShareOneBoundAndNameEachAddressOnce()
    {
        var list = new AddressList(4);

        Assert.Null(list.Add("a:1-2"));
        Assert.Null(list.Add("tcp://a:2"));
        Assert.NotNull(list.Add("a:3-4"));
        Assert.Equal(["tcp://a:1", "tcp://a:2"], list.Candidates.Select(candidate => candidate.Endpoint.ToString()), StringComparer.Ordinal);
        Assert.Equal([true, true], list.Candidates.Select(candidate => candidate.IsOfRange));
    }
}
