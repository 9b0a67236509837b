using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>A fresh connection beside the one in use.</summary>
public sealed class ZmtpLinkBesideTests : ZmtpLinkTestBase
{
    [Fact]
    public async Task OpenBeside_ServerAnswers_IsUsedOnceTakenAndTheOtherIsStillListenedTo()
    {
        using var go = new ManualResetEventSlim();
        var number = 0;
        var server = Serve(peer =>
        {
            var isOld = Interlocked.Increment(ref number) == 1; // its handshake is over before the other connects
            peer.Handshake("REP");
            var message = peer.ExpectMessage();
            if (isOld)
            {
                go.Wait(TimeSpan.FromSeconds(60));
            }

            peer.SendMessage(message);
            peer.ExpectEnd();
        });
        var link = Link(server);
        await link.OpenAsync(After(60));
        link.Send(ZmtpMessage.FromText("one"));
        Assert.True(link.OpenBeside(After(60)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(60))).Kind);
        link.TakeBeside();
        link.Send(ZmtpMessage.FromText("two"));
        Assert.Equal("two", Text((await link.ReceiveAsync(After(60))).Message!));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Assert.Equal((2, 1), (server.Accepted, BudgetInUse()));
        go.Set();
        Eventually.True(() => Unawaited() is ["one"]);
        Eventually.True(() => BudgetInUse() == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendBeside_EitherConnectionMayAnswer_AndTheOtherIsNotMistakenForIt(bool oldAnswers)
    {
        using var go = new ManualResetEventSlim();
        var number = 0;
        var server = Serve(peer =>
        {
            var isOld = Interlocked.Increment(ref number) == 1;
            peer.Handshake("REP");
            peer.ExpectMessage();
            if (isOld != oldAnswers)
            {
                go.Wait(TimeSpan.FromSeconds(60));
            }

            peer.SendMessage("", isOld ? "old" : "fresh");
            peer.ExpectEnd();
        });
        var link = Link(server);
        await link.OpenAsync(After(60));
        link.Send(ZmtpMessage.FromText("one"));
        link.OpenBeside(After(60));
        var opened = await link.ReceiveAsync(After(60));
        var early = opened.Kind == LinkOutcomeKind.Message ? opened : default; // the old one may be that fast
        opened = early.Message is null ? opened : await link.ReceiveAsync(After(60));
        Assert.Equal(LinkOutcomeKind.BesideOpened, opened.Kind);
        link.SendBeside(ZmtpMessage.FromText("two"));
        var reply = early.Message is null ? await link.ReceiveAsync(After(60)) : early;
        Assert.Equal((oldAnswers ? "old" : "fresh", !oldAnswers), (Text(reply.Message!), reply.IsBeside));
        if (oldAnswers)
        {
            link.DropBeside();
        }
        else
        {
            Assert.True(link.TakeBeside());
        }

        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        go.Set();
        Eventually.True(() => oldAnswers || Unawaited() is ["old"]);
        await link.OpenAsync(After(60));
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task TakeBeside_OldConnectionHasSaidMore_NobodyTakesItForTheNewOnes()
    {
        var first = 1;
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            var message = peer.ExpectMessage();
            if (Interlocked.Exchange(ref first, 0) == 1)
            {
                peer.SendMessage("", "old");
                peer.ExpectEnd();
                return;
            }

            peer.SendMessage(message);
            peer.ExpectEnd();
        });
        var link = Link(server);
        await link.OpenAsync(After(60));
        await Task.Yield(); // off the thread that reads the connection
        link.Send(ZmtpMessage.FromText("one"));
        Eventually.True(() => server.Accepted == 1 && Volatile.Read(ref first) == 0);
        link.OpenBeside(After(60));
        Eventually.True(() => link.TakeBeside()); // while nobody waits
        link.Send(ZmtpMessage.FromText("new"));
        Assert.Equal("new", Text((await link.ReceiveAsync(After(60))).Message!));
        Eventually.True(() => Unawaited() is ["old"]);
    }

    [Fact]
    public async Task OpenBeside_NobodyListensAnyMore_SaysWhyAndLeavesTheConnectionAlone()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var link = Link(server);
        await link.OpenAsync(After(60));
        server.StopListening();
        Assert.True(link.OpenBeside(After(60)));
        var outcome = await link.ReceiveAsync(After(60));
        Assert.Equal((LinkOutcomeKind.BesideFailed, ZmtpErrorCode.Refused), (outcome.Kind, outcome.Error!.Code));
        Assert.Equal(LinkOutcomeKind.TimedOut, (await link.ReceiveAsync(After(0.02))).Kind);
    }

    [Fact]
    public async Task OpenBeside_NotTaken_IsClosedWithTheProbe()
    {
        var ended = 0;
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
            Interlocked.Increment(ref ended);
        });
        var link = Link(server);
        await link.OpenAsync(After(60));
        link.OpenBeside(After(60));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(60))).Kind);
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => Volatile.Read(ref ended) == 1);
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);
        Assert.Equal(2, server.Accepted);
    }
}
