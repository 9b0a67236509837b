using Zmtp.Security;
using Zmtp.Tests.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Session;

/// <summary>PING and PONG as bytes: who gets one, and what libraries send that the specification does not have.</summary>
public sealed class PingTests
{
    private readonly RecordingOutput _output = new();

    [Theory]
    [InlineData(3, 0, false)]
    [InlineData(3, 1, true)]
    [InlineData(3, 9, true)]
    [InlineData(4, 0, true)]
    public void CanPing_Version_IsAskedOnlyFrom31On(byte major, byte minor, bool expected)
    {
        Assert.Equal(expected, Open(major: major, minor: minor).CanPing);
        Assert.Equal(expected, OpenPlain(major, minor).CanPing);
        Assert.Equal(expected, new CurveDialogue { Major = major, Minor = minor }.Open().Session.CanPing);
    }

    [Fact]
    public void CanPing_TurnedOff_IsFalse() => Assert.False(Open(new ZmtpOptions { SocketType = SocketType.Dealer, Pings = false }).CanPing);

    [Fact]
    public void CanPing_BeforeReady_IsFalse()
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Dealer }, _output);
        session.Start();
        Assert.False(session.CanPing);
        Assert.Null(session.Receive(PeerBytes.Greeting()));
        Assert.False(session.CanPing);
    }

    [Fact]
    public void SendPing_Context_ComesBackAsPong()
    {
        var session = Open();
        session.SendPing([1, 2]);
        Assert.Equal("04090450494E4700000102", Convert.ToHexString([.. _output.Sent]));
        Assert.Null(session.Receive(PeerBytes.Command("PONG", 1, 2)));
        Assert.Equal([1, 2], Assert.Single(_output.Pongs));
    }

    [Theory]
    [InlineData("", "")] // JeroMQ 0.5.0 leaves the TTL out
    [InlineData("00", "")]
    [InlineData("000A", "")]
    [InlineData("000AABCD", "ABCD")]
    [InlineData("0000000102030405060708090A0B0C0D0E0F", "000102030405060708090A0B0C0D0E0F")]
    [InlineData("0000000102030405060708090A0B0C0D0E0F1011", "000102030405060708090A0B0C0D0E0F")] // as libzmq cuts it
    public void Receive_Ping_IsAnsweredWithItsContext(string data, string context)
    {
        var session = Open(minor: 0); // who asks can take the answer, whatever it announces

        Assert.Null(session.Receive(PeerBytes.Command("PING", Convert.FromHexString(data))));

        Assert.Equal(PeerBytes.Command("PONG", Convert.FromHexString(context)), _output.Sent);
    }

    [Fact]
    public void Receive_PingOfAnyLength_IsAnswered()
    {
        foreach (var length in (int[])[17, 18, 19, 300, 60_000])
        {
            var session = Open();
            Assert.Null(session.Receive(PeerBytes.Command("PING", new byte[length])));
            Assert.Equal(PeerBytes.Command("PONG", new byte[Math.Min(16, length - 2)]), _output.Sent);
        }
    }

    private ZmtpSession Open(ZmtpOptions? options = null, byte major = 3, byte minor = 1) =>
        Open(options ?? new ZmtpOptions { SocketType = SocketType.Dealer }, PeerBytes.Greeting(major: major, minor: minor));

    private ZmtpSession OpenPlain(byte major, byte minor) => Open(
        new ZmtpOptions { SocketType = SocketType.Dealer, Security = ZmtpSecurity.Plain("me", "pass") },
        [.. PeerBytes.Greeting("PLAIN", major, minor), .. PeerBytes.Command("WELCOME")]);

    private ZmtpSession Open(ZmtpOptions options, byte[] start)
    {
        var session = TestSession.Create(options, _output);
        session.Start();
        Assert.Null(session.Receive([.. start, .. PeerBytes.Ready("ROUTER")]));
        Assert.Equal(SessionStage.Open, session.Stage);
        _output.Sent.Clear();
        return session;
    }
}
