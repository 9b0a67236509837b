using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class HandshakeProberTests : ProberTestBase
{
    private static readonly ZmtpError HeldBack = new(ZmtpErrorCode.Local, "too many") { IsHeldBack = true };

    [Fact]
    public async Task ProbeAsync_Ready_EndsThereAndKnowsNothingOfTheApplication()
    {
        using var prober = Prober();
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.Equal((true, null, null), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal(TimeSpan.FromMilliseconds(2), result.RoundTrip); // of the handshake
        Assert.Equal((TimeSpan.FromMilliseconds(1), null, null), (result.Phases.Connect, result.Phases.Ping, result.Phases.Request));
        Assert.Equal([AfterProbe.Close], _link.Ended);
        Assert.Equal(0, _link.Pings);
        Assert.Empty(_link.SentTexts);
        Assert.False(_link.Reconnects);
        Assert.False(_link.Disposed);
    }

    [Theory]
    [InlineData(500, 500, ProbeOutcome.OnTime)]
    [InlineData(501, 501, ProbeOutcome.Late)]
    [InlineData(499, 900, ProbeOutcome.OnTime)] // that we got to look later is our own lateness
    internal async Task ProbeAsync_ReadyAfterAWhile_IsJudgedByItsArrival(int readyAt, int seenAt, ProbeOutcome expected)
    {
        _link.Opening = () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(readyAt));
            var ready = Timestamp.Now(_time);
            _time.Advance(TimeSpan.FromMilliseconds(seenAt - readyAt));
            return new LinkOutcome(LinkOutcomeKind.Opened, ready);
        };
        using var prober = Prober();
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((expected, true), (result.Outcome, result.Reachable));
        Assert.Equal(TimeSpan.FromMilliseconds(seenAt), result.Elapsed);
    }

    [Theory]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, true, ProbeOutcome.Miss, FailureReason.HandshakeTimeout, true)]
    [InlineData(ZmtpErrorCode.HandshakeTimeout, false, ProbeOutcome.Miss, FailureReason.HandshakeTimeout, false)]
    [InlineData(ZmtpErrorCode.Refused, false, ProbeOutcome.Miss, FailureReason.Refused, false)]
    [InlineData(ZmtpErrorCode.SocketType, true, ProbeOutcome.Miss, FailureReason.SocketType, true)]
    [InlineData(ZmtpErrorCode.Local, false, ProbeOutcome.LocalError, FailureReason.LocalError, null)]
    internal async Task ProbeAsync_NoHandshake_FailsForItsReason(ZmtpErrorCode code, bool hasGreeted, ProbeOutcome outcome, FailureReason reason, bool? reachable)
    {
        _link.HasGreeted = hasGreeted;
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.Now(_time), Error: new ZmtpError(code, "words"));
        using var prober = Prober();
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((outcome, reason, "words", reachable), (result.Outcome, result.Reason, result.Detail, result.Reachable));
        Assert.Equal((null, null), (result.Responsive, result.Ready));
        Assert.Equal([AfterProbe.Abort], _link.Ended);
    }

    [Fact]
    public async Task ProbeAsync_ConnectionHeldBack_SaysNothingOfTheTarget()
    {
        _link.Opening = () => new LinkOutcome(LinkOutcomeKind.Failed, Timestamp.None, Error: HeldBack);
        using var prober = Prober();
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((true, ProbeOutcome.LocalError, null), (result.IsHeldBack, result.Outcome, result.Reachable));
    }

    [Theory]
    [InlineData(true, 1, true)]
    [InlineData(true, 0, false)] // it may have given work to the connection, before any handshake
    [InlineData(false, 1, false)]
    public async Task ProbeAsync_PeerThatGives_SaysWhatWasLookedAt(bool onlyLooks, int minor, bool onlyLooked)
    {
        _link.OnlyLooks = onlyLooks;
        _link.Peer = new PeerInfo(3, minor, "NULL", "DEALER", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        using var prober = Prober();
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((ProbeOutcome.OnTime, true, onlyLooked), (result.Outcome, result.Reachable, result.OnlyLooked));
        Assert.Null(result.Phases.Ping);
        Assert.Equal(onlyLooked, ProbeVerdict.Sentence(ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: false, [])), result with { RoundTrip = TimeSpan.Zero }).Contains("its READY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProbeAsync_PushThatGivesToAnyConnection_FailsAndSaysToStop()
    {
        _link.Peer = new PeerInfo(3, 0, "NULL", "PUSH", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        using var prober = Prober(SocketType.Pull);
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((FailureReason.Version, true), (result.Reason, result.Reachable));
        Assert.Contains("remove this target: NetMQ, JeroMQ, and libzmq before 4.3.3", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_Stopping_DisposesTheLink()
    {
        using var stopping = new CancellationTokenSource();
        _link.Opening = () =>
        {
            stopping.Cancel();
            return new LinkOutcome(LinkOutcomeKind.Opened, Timestamp.Now(_time));
        };
        using var prober = Prober();
        await prober.ProbeAsync(stopping.Token);
        Assert.True(_link.Disposed);
    }

    private HandshakeProber Prober(SocketType socket = SocketType.Dealer, bool persistent = false)
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: false, []));
        target = target with { Module = target.Module with { Prober = new HandshakeProberConfig(socket, persistent) } };
        return new HandshakeProber(target, LinkSetup.OptionsFor(target), _link, _time, new ProbeCases.Observer());
    }
}
