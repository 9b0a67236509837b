using Zmtp.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Session;

public sealed class GreetingExchangeTests
{
    private readonly RecordingOutput _output = new();

    [Theory]
    [InlineData("NULL")]
    [InlineData("PLAIN")]
    public void Receive_OurOwnGreeting_IsAnEchoService(string mechanism)
    {
        var session = Session(mechanism);
        session.Start();
        Assert.Null(session.Receive(_output.Sent.ToArray()));
        session.Prompt();

        var error = session.Receive(_output.Sent.ToArray().AsSpan(11));

        Assert.Equal(ZmtpErrorCode.NotZmtp, error?.Code);
        Assert.Contains("sends our own bytes back", error!.Message, StringComparison.Ordinal);
        Assert.False(session.HasGreeted);
    }

    [Theory]
    [InlineData(0, 0)] // most libraries
    [InlineData(0, 1)] // libzmq and NetMQ without an identity
    [InlineData(0, 0x5A)] // with one
    [InlineData(1, 0)] // with the longest one
    public void Receive_AnyGreetingOfALibrary_IsNoEcho(byte high, byte low)
    {
        var session = Session("NULL");
        session.Start();
        session.Prompt();
        var greeting = PeerBytes.Greeting();
        (greeting[7], greeting[8]) = (high, low);

        Assert.Null(session.Receive(greeting));
        Assert.True(session.HasGreeted);
    }

    [Fact]
    public void TimedOut_NothingHeard_NamesWhatCanBeBehindIt()
    {
        var error = Session("NULL").HandshakeTimedOut();

        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, error.Code);
        Assert.All(
            ["frozen", "file descriptors", "backlog", "proxy or load balancer", "TLS"],
            cause => Assert.Contains(cause, error.Message, StringComparison.Ordinal));
    }

    private ZmtpSession Session(string mechanism) => TestSession.Create(
        new ZmtpOptions { SocketType = SocketType.Req, Security = mechanism == "NULL" ? ZmtpSecurity.Null : ZmtpSecurity.Plain("me", "pass") }, _output);
}
