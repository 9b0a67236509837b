using System.Net.Sockets;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class LoopbackPeerTests
{
    [Fact]
    public async Task Serve_NoDescriptorLeftForAMoment_AnswersAfterwards()
    {
        var failures = 0;
        using var peer = new LoopbackPeer(listener =>
            Interlocked.Increment(ref failures) <= 2 ? throw new SocketException((int)SocketError.TooManyOpenSockets) : listener.Accept());
        using var timers = new TimerQueue(TimeProvider.System);
        var probers = new ProberFactory(new ZmtpClient(new ZmtpContext(timers, new NameResolver())), TimeProvider.System);
        using var prober = probers.CreateBare(peer.Target("canary", LoopbackPeer.Echo, MessagingClient.Zmtp), new NoObserver());

        // As the canary does: a probe that fails is followed by the next one.
        var result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 20 && result.Reason is not null; i++)
        {
            result = await prober.ProbeAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(result.Reason is null, result.Detail);
        Assert.True(failures > 2);
    }

    [Fact]
    public void Target_OfAPeerThatServesOneConnectionAtATime_IsNeverRenewed()
    {
        using var peer = new LoopbackPeer();
        Assert.Equal(TimeSpan.Zero, peer.Target("canary", LoopbackPeer.Echo, MessagingClient.Zmtp).Module.MaxConnectionAge);
    }
}
