using System.Text;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>A ROUTER takes one peer of an identity: no two connections may have it at once, whatever they are made for.</summary>
public sealed class ZmtpLinkRoutingIdTests : ZmtpLinkTestBase
{
    private readonly List<string> _identities = [];
    private int _open;
    private int _mostOpen;

    [Fact]
    public async Task OpenAsync_RoutingId_IsTheIdentityOfREADY()
    {
        var link = Link(Router(), routingId: "probe-1", socketType: SocketType.Dealer);

        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);

        Eventually.True(() => Identities() is ["probe-1"]);
    }

    [Fact]
    public async Task EndProbe_ConnectionIsOld_IsClosedBeforeTheNextOneIsMade()
    {
        var server = Router();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1), routingId: "probe-1");
        for (var i = 1; i <= 3; i++)
        {
            await link.OpenAsync(After(60));
            await Task.Yield();
            link.EndProbe(AfterProbe.Keep);
            Eventually.True(() => Volatile.Read(ref _open) == 0); // none is made beside it, nor before somebody asks
            Assert.Equal(i, server.Accepted);
        }

        Assert.Equal(1, _mostOpen);
    }

    [Fact]
    public async Task EndProbe_ReplyMayComeLate_KeepsNoConnection()
    {
        var link = Link(Router(), routingId: "probe-1");
        await link.OpenAsync(After(60));
        link.Send(ZmtpMessage.FromText("x"));
        await Task.Yield();
        link.EndProbe(AfterProbe.KeepForLateReply);

        Eventually.True(() => Volatile.Read(ref _open) == 0);
        Assert.Equal(0, BudgetInUse());
    }

    [Fact]
    public async Task OpenBeside_RoutingId_OnlyTheConnectionInUseHasIt()
    {
        var link = Link(Router(), routingId: "probe-1");
        await link.OpenAsync(After(60));

        Assert.True(link.OpenBeside(After(60)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(60))).Kind);

        Eventually.True(() => Identities() is ["probe-1", ""]);
        Assert.False(link.MayReplace);
    }

    [Fact]
    public void MayReplace_WithoutARoutingId_IsTrue() => Assert.True(Link(Router()).MayReplace);

    private List<string> Identities()
    {
        lock (_identities)
        {
            return [.. _identities];
        }
    }

    private ScriptedServer Router() => Serve(peer =>
    {
        peer.Send(PeerBytes.Greeting());
        peer.Expect(64);
        peer.Send(PeerBytes.Ready("ROUTER"));
        var ready = Encoding.Latin1.GetString(peer.ExpectFrame().Body);
        var value = ready.IndexOf("Identity", StringComparison.Ordinal) + "Identity".Length + 4;
        lock (_identities)
        {
            _identities.Add(ready.Substring(value, ready[value - 1]));
        }

        var open = Interlocked.Increment(ref _open);
        _mostOpen = Math.Max(_mostOpen, open);
        peer.ReadToEnd();
        Interlocked.Decrement(ref _open);
    });
}
