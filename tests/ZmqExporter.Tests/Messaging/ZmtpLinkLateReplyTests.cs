using ZmqExporter.Messaging;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>Replies that come after their probe: counted once, and bounded in what they hold.</summary>
public sealed class ZmtpLinkLateReplyTests : ZmtpLinkTestBase
{
    [Fact]
    public async Task EndProbe_KeepForLateReply_CountsTheReplyAndClosesTheConnection()
    {
        using var go = new ManualResetEventSlim();
        var isOver = false;
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            var message = peer.ExpectMessage();
            if (message[1] == "slow")
            {
                go.Wait(TimeSpan.FromSeconds(60));
                peer.SendMessage(message);
                isOver = peer.ExpectEnd();
                return;
            }

            peer.SendMessage(message);
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60));
        link.Send(ZmtpMessage.FromText("slow"));
        Assert.Equal(LinkOutcomeKind.TimedOut, (await link.ReceiveAsync(After(0.05))).Kind);
        link.EndProbe(AfterProbe.KeepForLateReply);

        await link.OpenAsync(After(60));
        await Task.Yield();
        go.Set();
        Eventually.True(() => Volatile.Read(ref isOver));
        link.Send(ZmtpMessage.FromText("fast"));
        Assert.Equal("fast", Text((await link.ReceiveAsync(After(60))).Message!));
        link.EndProbe(AfterProbe.Keep);
        Assert.Equal(["slow"], Unawaited());
        Assert.Equal(0, BudgetInUse());
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public async Task EndProbe_KeepForLateReply_IsBoundedAndPaysBack()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var link = Link(server);
        const int Most = 64;
        for (var i = 0; i < Most + 6; i++)
        {
            await link.OpenAsync(After(60));
            link.Send(ZmtpMessage.FromText("x"));
            link.EndProbe(AfterProbe.KeepForLateReply);
            Assert.Equal(Math.Min(i + 1, Most), BudgetInUse());
        }

        Assert.Equal(Most, _timers.Count);
        link.Dispose();
        Assert.Equal(0, BudgetInUse());
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public async Task EndProbe_NoBudget_ClosesAtOnce()
    {
        while (_budget.TryTake())
        {
        }

        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60));
        link.EndProbe(AfterProbe.KeepForLateReply);
        Assert.Equal(0, _timers.Count);
        Assert.Equal(ConnectionEvent.Closed, Events()[^1]);
    }

    [Fact]
    public async Task EndProbe_LateReplyConnectionIsLost_PaysBack()
    {
        using var go = new ManualResetEventSlim();
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            go.Wait(TimeSpan.FromSeconds(60));
            peer.Reset();
        }));
        await link.OpenAsync(After(60));
        await Task.Yield(); // what follows a wait runs on the connection's own thread, which must not be blocked
        link.EndProbe(AfterProbe.KeepForLateReply);
        Assert.Equal(1, BudgetInUse());
        go.Set();
        Eventually.True(() => BudgetInUse() == 0 && _timers.Count == 0);
    }

    /// <summary>Replies around the deadline: each is either this probe's answer or told as unawaited, never the next probe's answer.</summary>
    [Theory]
    [InlineData(AfterProbe.Keep)]
    [InlineData(AfterProbe.KeepForLateReply)]
    internal async Task ReceiveAsync_RepliesAroundTheDeadline_AreEachCountedOnce(AfterProbe afterTimeout)
    {
        const int Probes = 300;
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            var random = new Random(peer.Number);
            while (true)
            {
                var message = peer.ExpectMessage();
                peer.Socket.Poll(random.Next(0, 8000), System.Net.Sockets.SelectMode.SelectError);
                peer.SendMessage(message);
            }
        });
        var link = Link(server);
        var answered = 0;
        var stale = 0;
        for (var i = 0; i < Probes; i++)
        {
            Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);
            var deadline = After(0.004);
            link.Send(ZmtpMessage.FromText($"{i}"));
            LinkOutcome outcome;
            do
            {
                outcome = await link.ReceiveAsync(deadline);
                Assert.NotEqual(LinkOutcomeKind.Opened, outcome.Kind);
                Assert.True(outcome.Kind != LinkOutcomeKind.Failed, outcome.Error?.Message);
                await Task.Yield();
                stale += outcome.Kind == LinkOutcomeKind.Message && Text(outcome.Message!) != $"{i}" ? 1 : 0;
            }
            while (outcome.Kind == LinkOutcomeKind.Message && Text(outcome.Message!) != $"{i}");

            var isAnswered = outcome.Kind == LinkOutcomeKind.Message;
            answered += isAnswered ? 1 : 0;
            link.EndProbe(isAnswered ? AfterProbe.Keep : afterTimeout);
        }

        Assert.InRange(answered, 1, Probes - 1);
        Assert.True(afterTimeout == AfterProbe.Keep || stale == 0, "a new connection brought an old reply");
        if (afterTimeout == AfterProbe.Keep)
        {
            Eventually.True(() => Unawaited().Count + answered + stale == Probes);
        }

        Assert.Equal(Unawaited().Count, Unawaited().Distinct(StringComparer.Ordinal).Count());
        link.Dispose();
        Eventually.True(() => _timers.Count == 0 && BudgetInUse() == 0);
    }
}
