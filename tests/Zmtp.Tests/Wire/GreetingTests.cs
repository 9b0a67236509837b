using System.Text;
using Zmtp.Wire;

namespace Zmtp.Tests.Wire;

public sealed class GreetingTests
{
    [Theory]
    [InlineData("0100", ZmtpErrorCode.Version, "ZMTP 1.0")] // an anonymous 1.0 peer
    [InlineData("06004142434445", ZmtpErrorCode.Version, "ZMTP 1.0")] // one with an identity
    [InlineData("FF00000000000000FF00", ZmtpErrorCode.Version, "ZMTP 1.0")] // a long identity
    [InlineData("FF00000000000000017F00", ZmtpErrorCode.Version, "ZMTP 1.0")]
    [InlineData("FF00000000000000017F01", ZmtpErrorCode.Version, "ZMTP 2.0")]
    [InlineData("FF00000000000000017F02", ZmtpErrorCode.Version, "ZMTP 2.x")]
    [InlineData("FFFD18FFFD20FFFD23FFFD27", ZmtpErrorCode.NotZmtp, "does not speak ZMTP")] // telnet
    [InlineData("FFFFFFFFFFFFFFFFFF00", ZmtpErrorCode.NotZmtp, "does not speak ZMTP")]
    [InlineData("15030100020228", ZmtpErrorCode.NotZmtp, "looks like TLS")]
    [InlineData("160301", ZmtpErrorCode.NotZmtp, "looks like TLS")]
    [InlineData("0000", ZmtpErrorCode.NotZmtp, "does not speak ZMTP")]
    [InlineData("DEADBEEF", ZmtpErrorCode.NotZmtp, "\\xde\\xad\\xbe\\xef")]
    internal void Check_ForeignBytes_AreNamed(string hex, ZmtpErrorCode code, string words)
    {
        var error = Greeting.Check(Convert.FromHexString(hex));
        Assert.Equal(code, error?.Code);
        Assert.Contains(words, error!.Message, StringComparison.Ordinal);
        Assert.Equal(code == ZmtpErrorCode.Version ? words : null, error.PeerVersion is { } version ? $"ZMTP {version}" : null);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "looks like an HTTP server")]
    [InlineData("<html>", "looks like an HTTP server")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "looks like an SSH server")]
    [InlineData("-ERR unknown command", "looks like Redis")]
    [InlineData("220 mail ESMTP\r\n", "220 mail ESMTP\\r\\n")]
    public void Check_TextServers_AreNamed(string text, string words)
    {
        var error = Greeting.Check(Encoding.ASCII.GetBytes(text));
        Assert.Equal(ZmtpErrorCode.NotZmtp, error?.Code);
        Assert.Contains(words, error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1603", ", which looks like TLS")]
    [InlineData("15030100020228", ", which looks like TLS")]
    [InlineData("1604", "")]
    [InlineData("160403", "")]
    [InlineData("150103", "")]
    [InlineData("140301", "")] // no server begins with these types of a record
    [InlineData("170301", "")]
    [InlineData("2003", "")]
    [InlineData("200301", "")]
    [InlineData("DEADBEEF", "")]
    [InlineData("FFFFFFFFFFFFFFFFFF00", "")]
    public void Check_BinaryServers_OnlyTlsIsGuessed(string hex, string guess)
    {
        var received = Convert.FromHexString(hex);
        Assert.Equal($"the peer does not speak ZMTP: it sent {Excerpt.Of(received)}{guess}", Greeting.Check(received)?.Message);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(4, 7)]
    public void Check_EveryPrefixOfAValidGreeting_IsAcceptable(byte major, byte minor)
    {
        var greeting = PeerBytes.Greeting("CURVE", major, minor);
        for (var length = 0; length <= greeting.Length; length++)
        {
            Assert.Null(Greeting.Check(greeting.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Check_EveryPrefixOfAnHttpReply_IsRefusedFromTheSecondByte()
    {
        var text = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray();
        Assert.Null(Greeting.Check(text.AsSpan(0, 1)));
        for (var length = 2; length <= text.Length; length++)
        {
            Assert.Equal(ZmtpErrorCode.NotZmtp, Greeting.Check(text.AsSpan(0, length))?.Code);
        }
    }

    [Theory]
    [InlineData("NULL", true)]
    [InlineData("GSSAPI-2.0+X_", true)]
    [InlineData("ABCDEFGHIJKLMNOPQRST", true)] // all 20 bytes
    [InlineData("", false)]
    [InlineData("null", false)]
    [InlineData("A\nB", false)]
    [InlineData("A\0B", false)]
    [InlineData("\0A", false)]
    [InlineData("A\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0B", false)] // in the last of the 20 bytes
    public void TryReadMechanism_OnlyNames_AreRead(string name, bool expected)
    {
        Assert.Equal(expected, Greeting.TryReadMechanism(PeerBytes.Greeting(name), out var mechanism));
        if (expected)
        {
            Assert.Equal(name, mechanism);
        }
    }

    [Fact]
    public void Write_OurGreeting_IsTheOneOfTheSpecification()
    {
        Span<byte> greeting = stackalloc byte[64];
        greeting.Fill(0xAA);
        Greeting.Write(greeting, "PLAIN");
        Assert.Equal("FF000000000000015A7F0301504C41494E", Convert.ToHexString(greeting[..17]));
        Assert.True(greeting[17..].IndexOfAnyExcept((byte)0) < 0);
    }
}
