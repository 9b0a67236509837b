using System.Text;
using Zmtp.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Session;

public sealed class ZmtpSessionTests
{
    private readonly RecordingOutput _output = new();

    [Fact]
    public void Start_NoByteYet_SendsOnlyTheFirstPart()
    {
        var session = Session(SocketType.Req);
        session.Start();
        Assert.Equal("FF000000000000015A7F03", Convert.ToHexString([.. _output.Sent]));
    }

    [Fact]
    public void Receive_NullConversation_OpensWithPeerInfo()
    {
        var session = Session(SocketType.Req);
        session.Start();
        Assert.Null(session.Receive(PeerBytes.Greeting(minor: 0)));
        Assert.True(session.IsGreetingComplete);
        Assert.Equal(64, _output.Sent.Count); // our READY waits for theirs, so that a wrong socket type is always told
        Assert.Null(session.Receive(PeerBytes.Command("READY", [.. PeerBytes.Property("socket-TYPE", "REP"u8), .. PeerBytes.Property("X-Build", "7"u8)])));
        Assert.Equal(("3.0", "NULL", "REP"), (_output.Opened!.Version, _output.Opened.Mechanism, _output.Opened.SocketType));
        Assert.Equal("7", Assert.Single(_output.Opened.Metadata).Value);
        Assert.Equal(SessionStage.Open, session.Stage);
        Assert.Equal(64 + PeerBytes.Ready("REQ").Length + PeerBytes.Property("Identity", []).Length, _output.Sent.Count);
    }

    [Fact]
    public void Receive_PeersThatSayTheSame_ShareWhatIsKeptOfItAndNoOthersDo()
    {
        Assert.Equal("7", PeerOf("7").Metadata["X-Build"]);
        Assert.Equal("8", PeerOf("8").Metadata["X-Build"]);
        Eventually.True(() => ReferenceEquals(PeerOf("7"), PeerOf("7"))); // another test's peer may come between

        static PeerInfo PeerOf(string build)
        {
            var output = new RecordingOutput();
            var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Req }, output);
            session.Start();
            Assert.Null(session.Receive(PeerBytes.Greeting()));
            Assert.Null(session.Receive(PeerBytes.Command("READY", [.. PeerBytes.Property("Socket-Type", "REP"u8), .. PeerBytes.Property("X-Build", Encoding.ASCII.GetBytes(build))])));
            return output.Opened!;
        }
    }

    [Fact]
    public void Receive_ReadyOfUnfitSocket_NamesItAndSendsNoReady()
    {
        var session = Session(SocketType.Req);
        session.Start();
        Assert.Null(session.Receive(PeerBytes.Greeting()));

        Assert.Equal(ZmtpErrorCode.SocketType, session.Receive(PeerBytes.Ready("PUB"))?.Code);

        Assert.Equal(64, _output.Sent.Count); // a libzmq server closes on such a READY, at times before its own is out
    }

    [Fact]
    public void Receive_OneByteAtATime_Opens()
    {
        var session = Session(SocketType.Dealer);
        session.Start();
        foreach (var b in (byte[])[.. PeerBytes.Greeting(), .. PeerBytes.Ready("ROUTER"), .. PeerBytes.Message("a", "", "b")])
        {
            Assert.Null(session.Receive([b]));
        }

        Assert.Equal("a||b", RecordingOutput.Text(Assert.Single(_output.Messages)));
    }

    [Fact]
    public void Receive_PlainConversation_SendsHelloThenInitiate()
    {
        var session = Session(SocketType.Dealer, ZmtpSecurity.Plain("me", "pass"));
        session.Start();
        Assert.Null(session.Receive(PeerBytes.Greeting("PLAIN")));
        Assert.EndsWith("04100548454C4C4F026D650470617373"[4..], Convert.ToHexString([.. _output.Sent]), StringComparison.Ordinal);
        Assert.Null(session.Receive(PeerBytes.Command("WELCOME")));
        Assert.Contains("INITIATE", Encoding.ASCII.GetString([.. _output.Sent]), StringComparison.Ordinal);
        Assert.Null(session.Receive(PeerBytes.Ready("ROUTER")));
        Assert.Equal("PLAIN", _output.Opened?.Mechanism);
    }

    [Fact]
    public void Receive_PlainErrors_AreAuth()
    {
        foreach (var error in (byte[][])[PeerBytes.Command("ERROR", [3, .. "400"u8]), PeerBytes.Frame(PeerBytes.CommandFlag, "^RROR\u0003400"u8)])
        {
            var session = Session(SocketType.Dealer, ZmtpSecurity.Plain("me", "s3cret"));
            session.Receive(PeerBytes.Greeting("PLAIN"));
            var verdict = session.Receive(error);
            Assert.Equal(ZmtpErrorCode.Auth, verdict?.Code);
            Assert.Contains("400", verdict!.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", verdict.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Receive_PlainWithoutWelcome_IsAProtocolError()
    {
        var session = Session(SocketType.Dealer, ZmtpSecurity.Plain("me", "pass"));
        session.Receive(PeerBytes.Greeting("PLAIN"));
        var error = session.Receive(PeerBytes.Ready("ROUTER"));
        Assert.Equal(ZmtpErrorCode.Protocol, error?.Code);
        Assert.Contains("\"READY\" where WELCOME belongs", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Receive_OtherMechanism_NamesBothAndSendsNoMore()
    {
        var session = Session(SocketType.Dealer);
        session.Start();
        var error = session.Receive(PeerBytes.Greeting("CURVE"));
        Assert.Equal(ZmtpErrorCode.Mechanism, error?.Code);
        Assert.Equal("the server asks for CURVE, the module offers NULL: set security: {mechanism: curve, …} in the module, or in one of your own with extends: and its name", error!.Message);
        Assert.Equal(11, _output.Sent.Count);
        Assert.True(session.HasGreeted);
    }

    [Fact]
    public void Receive_SocketTypeThatDoesNotFit_NamesIt()
    {
        var session = Session(SocketType.Req);
        session.Receive(PeerBytes.Greeting());
        var error = session.Receive(PeerBytes.Ready("PUB"));
        Assert.Equal(ZmtpErrorCode.SocketType, error?.Code);
        Assert.Contains("PUB", error!.Message, StringComparison.Ordinal);
        Assert.Null(_output.Opened);
        Assert.Equal("PUB", session.Peer?.SocketType);
    }

    [Fact]
    public void Receive_ErrorInTraffic_EndsTheConversation() =>
        Assert.Equal(ZmtpErrorCode.Protocol, Open(SocketType.Dealer, "ROUTER").Receive(PeerBytes.Command("ERROR", [1, (byte)'x']))?.Code);

    [Fact]
    public void Receive_UnknownCommandInTraffic_IsIgnored() =>
        Assert.Null(Open(SocketType.Dealer, "ROUTER").Receive(PeerBytes.Command("SUBSCRIBE", 1)));

    [Fact]
    public void Receive_MessageBeforeReady_IsAProtocolError()
    {
        var session = Session(SocketType.Dealer);
        session.Receive(PeerBytes.Greeting());
        Assert.Equal(ZmtpErrorCode.Protocol, session.Receive(PeerBytes.Message("x"))?.Code);
    }

    [Fact]
    public void Receive_MalformedReady_IsAProtocolError()
    {
        var session = Session(SocketType.Dealer);
        session.Receive(PeerBytes.Greeting());
        Assert.Equal(ZmtpErrorCode.Protocol, session.Receive(PeerBytes.Command("READY", 200, 1))?.Code);
    }

    [Fact]
    public void Receive_RepliesToReq_LoseTheirDelimiter()
    {
        var session = Open(SocketType.Req, "ROUTER");
        Assert.Null(session.Receive([.. PeerBytes.Message("", "a"), .. PeerBytes.Message("", "", "b"), .. PeerBytes.Message("", "")]));
        Assert.Equal("a;|b;", string.Join(';', _output.Messages.Select(RecordingOutput.Text)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("a", "b")]
    public void Receive_ReplyToReqWithoutDelimiter_IsAProtocolError(params string[] frames) =>
        Assert.Equal(ZmtpErrorCode.Protocol, Open(SocketType.Req, "REP").Receive(PeerBytes.Message(frames))?.Code);

    [Fact]
    public void Send_Req_StartsWithTheDelimiter()
    {
        var session = Open(SocketType.Req, "REP");
        session.Send(ZmtpMessage.FromFrames("hi"u8.ToArray(), new byte[256]));
        byte[] expected = [1, 0, .. PeerBytes.Frame(1, "hi"u8), .. PeerBytes.Frame(0, new byte[256])];
        Assert.Equal(expected, _output.Sent);
    }

    [Fact]
    public void EndOfStream_InEachStage_SaysWhere()
    {
        var session = Session(SocketType.Req);
        Assert.Contains("before it said anything", session.EndOfStream().Message, StringComparison.Ordinal);
        session.Receive(PeerBytes.Greeting().AsSpan(0, 10));
        Assert.Contains("in its greeting", session.EndOfStream().Message, StringComparison.Ordinal);
        Assert.Contains("10 of the 64 bytes", session.HandshakeTimedOut().Message, StringComparison.Ordinal);
        session.Receive(PeerBytes.Greeting().AsSpan(10));
        Assert.Contains("sent its ZMTP greeting and closed the connection during the NULL handshake: perhaps the server's ZAP handler denies", session.EndOfStream().Message, StringComparison.Ordinal);
        Assert.Contains("NULL handshake did not end: perhaps the server's ZAP handler denies", session.HandshakeTimedOut().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TakeWork_Commands_CountHundredfold()
    {
        var session = Open(SocketType.Dealer, "ROUTER");
        session.TakeWork();
        session.Receive([.. PeerBytes.Command("PING", 0, 0), .. PeerBytes.Message("a", "b")]);
        Assert.Equal(102, session.TakeWork());
        Assert.Equal(0, session.TakeWork());
    }

    private ZmtpSession Session(SocketType type, ZmtpSecurity? security = null) =>
        TestSession.Create(new ZmtpOptions { SocketType = type, Security = security ?? ZmtpSecurity.Null }, _output);

    private ZmtpSession Open(SocketType type, string peer)
    {
        var session = Session(type);
        session.Start();
        Assert.Null(session.Receive([.. PeerBytes.Greeting(), .. PeerBytes.Ready(peer)]));
        Assert.NotNull(_output.Opened);
        _output.Sent.Clear();
        return session;
    }
}
