using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Probing;

public sealed class PingMemoryTests : ProberTestBase
{
    [Fact]
    public void MayAsk_NothingIsKnown_IsTrue()
    {
        var pings = New(60);
        Assert.Equal((true, false, false, false), (pings.MayAsk, pings.IgnoresPing, pings.EndsAtPing, pings.IsOnTrial));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void OnIgnored_InARow_ConcludesSoonerOfAPeerThatNeverAnswered(bool hasAnswered, int needed)
    {
        var pings = New(60);
        if (hasAnswered)
        {
            pings.OnPong();
        }

        for (var i = 1; i <= needed; i++)
        {
            Assert.True(pings.MayAsk);
            pings.OnIgnored();
        }

        Assert.Equal((false, true, false), (pings.MayAsk, pings.IgnoresPing, pings.EndsAtPing));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Look_ConnectionsEndedAtThePing_ConcludeSoonerOfAPeerThatNeverAnsweredAndCountOnce(bool hasAnswered, int needed)
    {
        var pings = New(60);
        if (hasAnswered)
        {
            pings.OnPong();
            pings.OnConnected(); // does not make a server that was restarted one that does not know PING
        }

        for (var i = 1; i <= needed; i++)
        {
            Assert.True(pings.MayAsk);
            await EndedAsync();
            pings.Look(_link);
            pings.Look(_link);
        }

        Assert.Equal((false, false, true), (pings.MayAsk, pings.IgnoresPing, pings.EndsAtPing));
    }

    [Fact]
    public void MayAsk_AfterTheConnectionAge_IsATrialThatOneMoreFailureEnds()
    {
        var pings = New(60);
        pings.OnIgnored();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((false, false), (pings.MayAsk, pings.IsOnTrial));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((true, true, false), (pings.MayAsk, pings.IsOnTrial, pings.IgnoresPing));
        pings.OnIgnored();
        Assert.Equal((false, false, true), (pings.MayAsk, pings.IsOnTrial, pings.IgnoresPing));
    }

    [Fact]
    public void MayAsk_ConnectionsAreNeverRenewed_IsTriedAgainAfterAnHour()
    {
        var pings = New(0);
        pings.OnIgnored();
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(pings.MayAsk);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(pings.MayAsk);
    }

    [Fact]
    public void OnPong_InATrial_EndsIt()
    {
        var pings = New(60);
        pings.OnIgnored();
        _time.Advance(TimeSpan.FromSeconds(60));
        pings.OnPong();
        pings.OnIgnored();
        Assert.Equal((true, false), (pings.MayAsk, pings.IsOnTrial));
    }

    [Fact]
    public void OnConnected_PeerThatIgnored_MayBeAnotherOneNow()
    {
        var pings = New(60);
        pings.OnIgnored();
        pings.OnConnected();
        Assert.True(pings.MayAsk);
        pings.OnIgnored();
        Assert.False(pings.MayAsk);
    }

    // A connection of its own for each: they are told apart by when they were opened.
    private async Task EndedAsync()
    {
        _link.Lose();
        _time.Advance(TimeSpan.FromSeconds(1));
        _link.CreateLink(LinkSetup.OptionsFor(ProbeCases.Target(new ZmqExporter.Configuration.RequestProberConfig(Zmtp.SocketType.Req, Persistent: false, []))), new NobodyObserves());
        await _link.OpenAsync(Timestamp.None);
        _link.WasLostToPing = true;
    }

    private PingMemory New(int maxConnectionAge) => new(_time, TimeSpan.FromSeconds(maxConnectionAge));

    private sealed class NobodyObserves : ZmqExporter.Messaging.ILinkObserver
    {
        public void OnConnectionEvent(Zmtp.ConnectionEvent connectionEvent)
        {
        }

        public void OnUnawaitedMessage(Zmtp.ZmtpMessage message)
        {
        }
    }
}
