using System.Net;
using ZmqExporter.Http;

namespace ZmqExporter.Tests.Http;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")] // how a socket that listens to both families shows it
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")] // a host can take any address of its network
    [InlineData("fe80::1%3", "fe80::1%3")] // all neighbours share this network
    [InlineData("::1", "::1")]
    [InlineData(null, "local")]
    public void Of_Address_IsOneClient(string? address, string client) => Assert.Equal(client, Of(address).ToString());

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("fe80::1%3", "fe80::2%3", false)]
    public void Equals_Addresses_OfOneClientOnly(string one, string other, bool same) => Assert.Equal(same, Of(one) == Of(other));

    private static ClientAddress Of(string? address) => ClientAddress.Of(address is null ? null : IPAddress.Parse(address));
}
