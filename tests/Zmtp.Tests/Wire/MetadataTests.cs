using System.Text;
using CsCheck;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class MetadataTests
{
    [Fact]
    public void TryParse_OurProperties_AreReadBack()
    {
        Assert.True(Metadata.TryParse(Metadata.ForClient(SocketType.Dealer), out var properties));
        Assert.Equal("DEALER", properties["socket-type"]); // names are case-insensitive
        Assert.Equal("", properties["Identity"]);
    }

    [Fact]
    public void ForClient_RoutingId_IsTheIdentity()
    {
        Assert.True(Metadata.TryParse(Metadata.ForClient(SocketType.Req, "probe-1"u8), out var properties));
        Assert.Equal("probe-1", properties["Identity"]);
    }

    [Theory]
    [InlineData("00")] // an empty name
    [InlineData("0141")] // no value length
    [InlineData("01410000000242")] // a value shorter than it says
    [InlineData("0141FFFFFFFF42")]
    [InlineData("0141800000004242")]
    public void TryParse_LengthThatDoesNotFit_IsRefused(string hex) =>
        Assert.False(Metadata.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void TryParse_TooManyProperties_AreRefused()
    {
        var bytes = Enumerable.Range(0, 65).SelectMany(i => PeerBytes.Property($"X-{i}", [])).ToArray();
        Assert.False(Metadata.TryParse(bytes, out _));
    }

    [Fact]
    public void TryParse_HostileText_IsEscapedAndCut()
    {
        Assert.True(Metadata.TryParse([.. PeerBytes.Property("X\n", "a\u001b[2J"u8), .. PeerBytes.Property("Y", Encoding.ASCII.GetBytes(new string('y', 60_000)))], out var properties));
        Assert.Equal("a\\x1b[2J", properties["X\\n"]);
        Assert.Equal(257, properties["Y"].Length);
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrows() => Gen.Byte.Array[0, 200].Sample(bytes => { _ = Metadata.TryParse(bytes, out _); });

    [Theory]
    [InlineData(255, false)]
    [InlineData(256, false)]
    [InlineData(257, true)]
    public void TryParse_LongValue_IsCutAfter256Bytes(int length, bool isCut)
    {
        var value = Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))).ToArray();

        Assert.True(Metadata.TryParse(PeerBytes.Property("X", Encoding.ASCII.GetBytes(value)), out var properties));

        Assert.Equal(isCut ? new string(value, 0, 256) + "…" : new string(value), properties["X"]);
    }
}
