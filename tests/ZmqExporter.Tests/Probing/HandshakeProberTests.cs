using Microsoft.Extensions.Time.Testing;
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

    [Fact]
    public async Task ProbeAsync_Stopping_DisposesTheLink()
    {
        using var stopping = new CancellationTokenSource();
        _link.Pinged = _ => stopping.Cancel();
        using var prober = Prober();
        await prober.ProbeAsync(stopping.Token);
        Assert.True(_link.Disposed);
    }

    private HandshakeProber Prober()
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: false, []));
        var module = target.Module with { Prober = new HandshakeProberConfig(SocketType.Dealer) };
        return new HandshakeProber(target with { Module = module }, _link, _time, new ProbeCases.Observer());
    }
}
