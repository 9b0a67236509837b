using Zmtp.Security;
using Zmtp.Tests.Support;

namespace Zmtp.Tests.Session;

/// <summary>When a NULL client's READY goes out: at once after the peer's, and before it only where that does no harm.</summary>
public sealed class ReadyTimingTests
{
    private const int GreetingLength = 64;

    private static readonly SocketType[] Harmless =
        [SocketType.Req, SocketType.Sub, SocketType.Xsub, SocketType.Push, SocketType.Pub, SocketType.Xpub];

    private readonly RecordingOutput _output = new();

    public static TheoryData<SocketType> Types => new(Enum.GetValues<SocketType>());

    [Theory]
    [MemberData(nameof(Types))]
    public void Prompt_ProbeThatPeeks_SendsOursOnlyWithATypeWhosePartnersGiveNothing(SocketType type)
    {
        var session = Greeted(new ZmtpOptions { SocketType = type, PeekOnly = true });

        Assert.Equal(Harmless.Contains(type), session.HoldsReady);
        Assert.Equal(Harmless.Contains(type) ? 1 : 0, _output.HeldReadies);
        session.Prompt();
        session.Prompt();

        Assert.Equal(Harmless.Contains(type) ? 1 : 0, Readies());
        Assert.False(session.HoldsReady); // or the timer would come for it again and again
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Prompt_ProbeThatTakesPart_SendsOursOnceWithAnyType(SocketType type)
    {
        var session = Greeted(new ZmtpOptions { SocketType = type });

        Assert.True(session.HoldsReady);
        Assert.Equal(Harmless.Contains(type) ? ReadyTiming.AfterMoment : ReadyTiming.AfterTimeout, session.ReadyTiming);
        session.Prompt();
        session.Prompt();

        Assert.Equal(1, Readies());
    }

    [Theory]
    [InlineData(SocketType.Dealer, false, 1)] // it needed all of our greeting, so it may need our READY too
    [InlineData(SocketType.Dealer, true, 0)]
    [InlineData(SocketType.Req, false, 0)] // it is a matter of a moment anyway
    public void Receive_GreetingOfAPeerThatWaitedForOurs_SendsReadyAtOnceWhereTheWaitIsLong(SocketType type, bool peekOnly, int readies)
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = type, PeekOnly = peekOnly }, _output);
        session.Start();
        session.Prompt();
        Assert.Equal(GreetingLength, _output.Sent.Count);

        Assert.Null(session.Receive(PeerBytes.Greeting()));

        Assert.Equal(readies, Readies());
    }

    [Fact]
    public void Receive_Greeting_NothingIsHeldWithOtherMechanisms()
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = SocketType.Req, Security = ZmtpSecurity.Plain("me", "pass") }, _output);
        session.Start();

        Assert.Null(session.Receive(PeerBytes.Greeting("PLAIN")));

        Assert.False(session.HoldsReady);
        Assert.Equal(0, _output.HeldReadies);
    }

    [Theory]
    [InlineData(SocketType.Pull, "PUSH", true)]
    [InlineData(SocketType.Dealer, "DEALER", true)]
    [InlineData(SocketType.Router, "DEALER", true)]
    [InlineData(SocketType.Rep, "REQ", true)]
    [InlineData(SocketType.Pair, "PAIR", true)]
    [InlineData(SocketType.Dealer, null, true)] // who knows
    [InlineData(SocketType.Pull, null, true)]
    [InlineData(SocketType.Dealer, "ROUTER", false)]
    [InlineData(SocketType.Sub, "PUB", false)]
    [InlineData(SocketType.Sub, null, false)]
    public void Receive_ReadyWhenItPeeks_SendsNothingToThem(SocketType ours, string? peer, bool isSpared)
    {
        var session = Greeted(new ZmtpOptions { SocketType = ours, PeekOnly = true });

        Assert.Null(session.Receive(peer is null ? PeerBytes.Command("READY") : PeerBytes.Ready(peer)));
        Assert.Null(session.Receive(PeerBytes.Command("PING", [0, 0])));

        Assert.Equal((SessionStage.Open, isSpared, !isSpared), (session.Stage, session.OnlyLooks, session.CanPing));
        Assert.Equal(isSpared ? 0 : 1, Readies());
        Assert.Equal(isSpared, _output.Sent.Count == GreetingLength);
    }

    [Theory]
    [InlineData(SocketType.Pull, "PUSH")]
    [InlineData(SocketType.Dealer, "DEALER")]
    public void Receive_ReadyOfAGiverAfterAnyDelay_FindsThatOursNeverWentOut(SocketType ours, string peer)
    {
        var session = TestSession.Create(new ZmtpOptions { SocketType = ours, PeekOnly = true }, _output);
        session.Start();
        session.Prompt(); // its greeting is late: it gets the rest of ours
        session.Prompt();
        Assert.Null(session.Receive(PeerBytes.Greeting()));
        session.Prompt(); // and then its READY is late

        Assert.Null(session.Receive(PeerBytes.Ready(peer)));

        Assert.Equal((SessionStage.Open, true, peer), (session.Stage, session.OnlyLooks, _output.Opened!.SocketType));
        Assert.Equal(GreetingLength, _output.Sent.Count);
    }

    [Theory]
    [InlineData(SocketType.Dealer, "because a DEALER would give it work: set socket: req for a REP or ROUTER")]
    [InlineData(SocketType.Rep, "because a REQ would give it work")]
    [InlineData(SocketType.Pull, "because a PUSH would give it work")]
    public void HandshakeTimedOut_OurReadyWaits_SaysSoAndWhatToDo(SocketType type, string words)
    {
        var session = Greeted(new ZmtpOptions { SocketType = type, PeekOnly = true });

        var error = session.HandshakeTimedOut();

        Assert.Equal(ZmtpErrorCode.HandshakeTimeout, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("ZAP handler", error.Message, StringComparison.Ordinal); // the other thing that it can be
    }

    [Fact]
    public void HandshakeTimedOut_OurReadyIsOut_IsNotSaidToWait()
    {
        foreach (var session in new[] { Greeted(new ZmtpOptions { SocketType = SocketType.Req }), Greeted(new ZmtpOptions { SocketType = SocketType.Dealer }) })
        {
            Assert.Contains("NULL handshake did not end", session.HandshakeTimedOut().Message, StringComparison.Ordinal); // no time was left
            session.Prompt();
            Assert.Contains("NULL handshake did not end", session.HandshakeTimedOut().Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EndOfStream_AfterOurReady_NamesTheSocketTypeToo()
    {
        var session = Greeted(new ZmtpOptions { SocketType = SocketType.Req });
        Assert.DoesNotContain("socket type", session.EndOfStream().Message, StringComparison.Ordinal);

        session.Prompt();

        Assert.EndsWith("or its socket type does not fit a REQ", session.EndOfStream().Message, StringComparison.Ordinal);
    }

    private ZmtpSession Greeted(ZmtpOptions options)
    {
        _output.Sent.Clear();
        var session = TestSession.Create(options, _output);
        session.Start();
        Assert.Null(session.Receive(PeerBytes.Greeting()));
        Assert.Equal(GreetingLength, _output.Sent.Count);
        return session;
    }

    private int Readies() => System.Text.Encoding.ASCII.GetString([.. _output.Sent]).Split("\u0005READY").Length - 1;
}
