using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Cli;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class HandshakeProberTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLink _link;

    public HandshakeProberTests() => _link = new FakeLink(_time);

    public void Dispose() => _link.Dispose();

    [Fact]
    public async Task ProbeAsync_PongInTime_KnowsNothingOfTheApplication()
    {
        _link.Pinged = link => link.After(1, LinkOutcomeKind.Pong);
        using var prober = Prober();
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ProbeOutcome.OnTime, result.Outcome);
        Assert.Equal((true, null, null), (result.Reachable, result.Responsive, result.Ready));
        Assert.Equal([AfterProbe.Close], _link.Ended);
        Assert.False(_link.Reconnects);
        Assert.False(_link.Disposed);
    }

    [Theory]
    [InlineData(true, 1, true)]
    [InlineData(true, 0, false)] // it may have given work to the connection, before any handshake
    [InlineData(false, 1, false)]
    public async Task ProbeAsync_PeerThatGetsNoPing_IsReachableByItsHandshakeAndSaysWhatWasLookedAt(bool onlyLooks, int minor, bool onlyLooked)
    {
        _link.KnowsPing = false;
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
        _link.KnowsPing = false;
        _link.Peer = new PeerInfo(3, 0, "NULL", "PUSH", System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        using var prober = Prober(SocketType.Pull);
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((FailureReason.Version, true), (result.Reason, result.Reachable));
        Assert.Contains("remove this target", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_Stopping_DisposesTheLink()
    {
        using var stopping = new CancellationTokenSource();
        _link.Pinged = _ => stopping.Cancel();
        using var prober = Prober();
        await prober.ProbeAsync(stopping.Token);
        Assert.True(_link.Disposed);
    }

    private HandshakeProber Prober(SocketType socket = SocketType.Dealer)
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: false, []));
        var module = target.Module with { Prober = new HandshakeProberConfig(socket) };
        return new HandshakeProber(target with { Module = module }, _link, _time, new ProbeCases.Observer());
    }
}
