using System.Diagnostics;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

public sealed class ZmtpLinkTests : ZmtpLinkTestBase
{
    [Fact]
    public async Task ReceiveAsync_Reply_ComesOnTheConnectionThatIsKept()
    {
        var server = Echo();
        var link = Link(server);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);
            link.Send(ZmtpMessage.FromText($"m{i}"));
            var outcome = await link.ReceiveAsync(After(60));
            Assert.Equal((LinkOutcomeKind.Message, $"m{i}"), (outcome.Kind, Text(outcome.Message!)));
            link.EndProbe(AfterProbe.Keep);
        }

        Assert.Equal(1, server.Accepted);
        Assert.Equal("REP", link.Peer?.SocketType);
        Assert.Equal(0, _timers.Count);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task SendPing_Peer_GetsOneIfItAnnouncesToKnowIt(byte minor, bool expected)
    {
        var commands = 0;
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP", minor);
            peer.ExpectMessage(_ => commands++);
            peer.SendMessage("", "answer");
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60));
        Assert.Equal(expected, link.SendPing());
        link.Send(ZmtpMessage.FromText("request"));
        Assert.Equal(LinkOutcomeKind.Message, (await link.ReceiveAsync(After(60))).Kind);
        Assert.Equal(expected ? 1 : 0, commands);
    }

    // It is our own act that ends the connection: the probe must not wait for an answer on it.
    [Fact]
    public async Task ReceiveAsync_PeerThatSentMoreThanAnybodyAskedFor_Fails()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("ROUTER");
            peer.ExpectMessage();
            for (var i = 0; i < 2000; i++)
            {
                peer.SendMessage("more");
            }

            peer.ExpectEnd();
        }), socketType: SocketType.Dealer);
        await link.OpenAsync(After(20));
        await Task.Yield(); // from the thread that reads
        link.Send(ZmtpMessage.FromText("request"));
        Eventually.True(() => Unawaited().Count > 1000);

        LinkOutcome outcome;
        do
        {
            outcome = await link.ReceiveAsync(After(1));
        }
        while (outcome.Kind == LinkOutcomeKind.Message);

        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Protocol), (outcome.Kind, outcome.Error?.Code));
        Assert.Contains("1000 messages", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendPing_PeerAnswers_IsASignOfLife()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            peer.Send(PeerBytes.Command("PONG", peer.ExpectFrame().Body.AsSpan(7)));
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60));
        Assert.True(link.SendPing());
        Assert.Equal(LinkOutcomeKind.Pong, (await link.ReceiveAsync(After(60))).Kind);
    }

    [Fact]
    public async Task OpenAsync_Refused_FailsAtOnceAndEveryTime()
    {
        var server = Echo();
        server.Dispose();
        var link = Link(server);
        for (var i = 0; i < 3; i++)
        {
            var outcome = await link.OpenAsync(After(60));
            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Refused), (outcome.Kind, outcome.Error!.Code));
            Assert.Equal(ZmtpErrorCode.Refused, (await link.ReceiveAsync(After(60))).Error!.Code); // a failure outlives its delivery
            link.EndProbe(AfterProbe.Close);
        }
    }

    [Fact]
    public async Task ReceiveAsync_Silence_TimesOut()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60));
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(LinkOutcomeKind.TimedOut, (await link.ReceiveAsync(After(0.1))).Kind);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.099, 5);
        Assert.Equal(LinkOutcomeKind.TimedOut, (await link.ReceiveAsync(After(-1))).Kind); // passed already: at once, and no stall of ours
    }

    [Fact]
    public async Task ReceiveAsync_LostConnection_Fails()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectMessage();
        }));
        await link.OpenAsync(After(60));
        link.Send(ZmtpMessage.FromText("x"));
        var outcome = await link.ReceiveAsync(After(60));
        Assert.Equal(ZmtpErrorCode.Disconnected, outcome.Error?.Code);
    }

    [Fact]
    public async Task EndDue_OfAnEarlierWait_DoesNotEndTheNextOne()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60)); // the first wait
        var wait = link.ReceiveAsync(Timestamp.Never).AsTask();
        link.Wait.EndDue(1); // a read that was under way for the first one
        Assert.False(wait.IsCompleted);
        link.Wait.EndDue(3); // a wait takes two numbers: its own, and one once its outcome has been taken
        Assert.Equal(LinkOutcomeKind.TimedOut, (await wait).Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_WhileWaiting_EndsTheWait(bool isOpen)
    {
        var link = Link(Serve(peer =>
        {
            if (isOpen)
            {
                peer.Handshake("REP");
            }

            peer.ExpectEnd();
        }));
        var wait = link.OpenAsync(After(30)).AsTask();
        if (isOpen)
        {
            await wait;
            wait = link.ReceiveAsync(After(30)).AsTask();
        }

        Assert.False(wait.IsCompleted);
        link.Dispose();
        Assert.Equal(ZmtpErrorCode.Local, (await wait.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)).Error?.Code);
        link.EndProbe(AfterProbe.KeepForLateReply);
        Assert.Equal(ZmtpErrorCode.Local, (await link.OpenAsync(After(1))).Error?.Code);
        Assert.Equal(0, _timers.Count);
        Assert.Equal(0, BudgetInUse());
    }

    [Fact]
    public async Task ReceiveAsync_MoreThanAnybodyTakes_IsBounded()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            for (var i = 0; i < 400; i++)
            {
                peer.SendMessage("", new string('x', 20_000));
            }

            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(60));
        await Task.Yield();
        Eventually.True(() => Unawaited().Count >= 150); // 4 MiB are kept for the probe, the rest is told at once
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => Unawaited().Count == 400);
    }

    [Fact]
    public async Task EndProbe_PeerGoesOnTalking_IsCutOffAfterAThousandMessages()
    {
        var server = Serve(peer =>
        {
            peer.Handshake("ROUTER");
            peer.Send([.. Enumerable.Range(0, 5000).SelectMany(_ => PeerBytes.Message("", "more"))]);
            peer.ExpectEnd();
        });
        var link = Link(server, socketType: SocketType.Dealer);
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);
        link.EndProbe(AfterProbe.Keep);
        await Task.Yield(); // off the thread that reads

        Eventually.True(() => Events().Contains(ConnectionEvent.Closed), () => $"{Unawaited().Count} messages, {string.Join(" ", Events())}, {string.Join(" ", server.Failures)}");

        Assert.InRange(Unawaited().Count, 1000, 1300); // with what came before the end of the probe
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind); // the next probe makes another connection
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public void Dispose_AtAnyMoment_EndsEveryProbeAndLeavesNothing()
    {
        var server = Echo();
        Parallel.For(0, 200, i =>
        {
            var link = Link(server);
            var probing = Task.Run(async () =>
            {
                for (var n = 0; n < 20; n++)
                {
                    if ((await link.OpenAsync(After(60))).Kind == LinkOutcomeKind.Opened)
                    {
                        link.Send(ZmtpMessage.FromText("x"));
                        await link.ReceiveAsync(After(60));
                    }

                    link.EndProbe((AfterProbe)(n % 3));
                }
            });
            Thread.SpinWait(new Random(i).Next(0, 300_000));
            link.Dispose();
            probing.WaitAsync(TimeSpan.FromSeconds(8)).GetAwaiter().GetResult();
        });
        Eventually.True(() => _timers.Count == 0 && BudgetInUse() == 0, () => $"{_timers.Count} timers, {BudgetInUse()} taken");
    }
}
