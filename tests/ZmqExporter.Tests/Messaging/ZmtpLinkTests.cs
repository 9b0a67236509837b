using System.Diagnostics;
using System.Net;
using System.Text;
using ZmqExporter.Messaging;
using ZmqExporter.Messaging.Zmtp;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

public sealed class ZmtpLinkTests : IDisposable, ILinkObserver
{
    private readonly TimerQueue _timers = new(TimeProvider.System);
    private readonly LateReplyBudget _budget = new(LateReplyConnections.MaxPerProcess);
    private readonly List<IDisposable> _things = [];
    private readonly List<string> _unawaited = [];
    private readonly List<ConnectionEvent> _events = [];

    public void Dispose()
    {
        _things.ForEach(thing => thing.Dispose());
        _timers.Dispose();
    }

    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        lock (_events)
        {
            _events.Add(connectionEvent);
        }
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        lock (_unawaited)
        {
            _unawaited.Add(Text(message));
        }
    }

    [Fact]
    public async Task ReceiveAsync_Reply_ComesOnTheConnectionThatIsKept()
    {
        var server = Echo();
        var link = Link(server);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
            link.Send(ZmtpMessage.FromText($"m{i}"));
            var outcome = await link.ReceiveAsync(After(5));
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
        await link.OpenAsync(After(5));
        Assert.Equal(expected, link.SendPing());
        link.Send(ZmtpMessage.FromText("request"));
        Assert.Equal(LinkOutcomeKind.Message, (await link.ReceiveAsync(After(5))).Kind);
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
        await link.OpenAsync(After(5));
        Assert.True(link.SendPing());
        Assert.Equal(LinkOutcomeKind.Pong, (await link.ReceiveAsync(After(5))).Kind);
    }

    [Fact]
    public async Task OpenAsync_Refused_FailsAtOnceAndEveryTime()
    {
        var server = Echo();
        server.Dispose();
        var link = Link(server);
        for (var i = 0; i < 3; i++)
        {
            var outcome = await link.OpenAsync(After(5));
            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Refused), (outcome.Kind, outcome.Error!.Code));
            Assert.Equal(ZmtpErrorCode.Refused, (await link.ReceiveAsync(After(5))).Error!.Code); // a failure outlives its delivery
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
        await link.OpenAsync(After(5));
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
        await link.OpenAsync(After(5));
        link.Send(ZmtpMessage.FromText("x"));
        var outcome = await link.ReceiveAsync(After(5));
        Assert.Equal(ZmtpErrorCode.Disconnected, outcome.Error?.Code);
    }

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
                go.Wait(TimeSpan.FromSeconds(10));
                peer.SendMessage(message);
                isOver = peer.ExpectEnd();
                return;
            }

            peer.SendMessage(message);
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(5));
        link.Send(ZmtpMessage.FromText("slow"));
        Assert.Equal(LinkOutcomeKind.TimedOut, (await link.ReceiveAsync(After(0.05))).Kind);
        link.EndProbe(AfterProbe.KeepForLateReply);

        await link.OpenAsync(After(5));
        await Task.Yield();
        go.Set();
        Eventually.True(() => Volatile.Read(ref isOver));
        link.Send(ZmtpMessage.FromText("fast"));
        Assert.Equal("fast", Text((await link.ReceiveAsync(After(5))).Message!));
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
            await link.OpenAsync(After(5));
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
    public async Task OpenBeside_ServerAnswers_IsUsedOnceTakenAndTheOtherIsStillListenedTo()
    {
        using var go = new ManualResetEventSlim();
        var first = 1;
        var server = Serve(peer =>
        {
            peer.Handshake("REP");
            var message = peer.ExpectMessage();
            if (Interlocked.Exchange(ref first, 0) == 1)
            {
                go.Wait(TimeSpan.FromSeconds(10));
            }

            peer.SendMessage(message);
            peer.ExpectEnd();
        });
        var link = Link(server);
        await link.OpenAsync(After(5));
        link.Send(ZmtpMessage.FromText("one"));
        Assert.True(link.OpenBeside(After(5)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(5))).Kind);
        link.TakeBeside();
        link.Send(ZmtpMessage.FromText("two"));
        Assert.Equal("two", Text((await link.ReceiveAsync(After(5))).Message!));
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
                go.Wait(TimeSpan.FromSeconds(10));
            }

            peer.SendMessage("", isOld ? "old" : "fresh");
            peer.ExpectEnd();
        });
        var link = Link(server);
        await link.OpenAsync(After(5));
        link.Send(ZmtpMessage.FromText("one"));
        link.OpenBeside(After(5));
        var opened = await link.ReceiveAsync(After(5));
        var early = opened.Kind == LinkOutcomeKind.Message ? opened : default; // the old one may be that fast
        opened = early.Message is null ? opened : await link.ReceiveAsync(After(5));
        Assert.Equal(LinkOutcomeKind.BesideOpened, opened.Kind);
        link.SendBeside(ZmtpMessage.FromText("two"));
        var reply = early.Message is null ? await link.ReceiveAsync(After(5)) : early;
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
        await link.OpenAsync(After(5));
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
        await link.OpenAsync(After(5));
        await Task.Yield(); // off the thread that reads the connection
        link.Send(ZmtpMessage.FromText("one"));
        Eventually.True(() => server.Accepted == 1 && Volatile.Read(ref first) == 0);
        link.OpenBeside(After(5));
        Eventually.True(() => link.TakeBeside()); // while nobody waits
        link.Send(ZmtpMessage.FromText("new"));
        Assert.Equal("new", Text((await link.ReceiveAsync(After(5))).Message!));
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
        await link.OpenAsync(After(5));
        server.StopListening();
        Assert.True(link.OpenBeside(After(5)));
        var outcome = await link.ReceiveAsync(After(5));
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
        await link.OpenAsync(After(5));
        link.OpenBeside(After(5));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(5))).Kind);
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => Volatile.Read(ref ended) == 1);
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task EndProbe_ConnectionIsOld_IsRenewedBetweenProbes()
    {
        var server = Echo();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        for (var i = 1; i <= 3; i++)
        {
            await link.OpenAsync(After(5));
            var openedAt = link.OpenedAt;
            link.Send(ZmtpMessage.FromText("x"));
            Assert.Equal("x", Text((await link.ReceiveAsync(After(5))).Message!));
            await Task.Yield();
            link.EndProbe(AfterProbe.Keep);
            Eventually.True(() => link.OpenedAt != openedAt); // the old one was in use until the new one was open
            Assert.Equal(i + 1, server.Accepted);
        }
    }

    [Fact]
    public async Task DropBeside_WhileARenewalIsUnderWay_TheRenewalGoesOn()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            if (peer.Number == 2)
            {
                go.Wait(TimeSpan.FromSeconds(10));
            }

            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(5));
        var openedAt = link.OpenedAt;
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);

        await link.OpenAsync(After(5));
        Assert.True(link.OpenBeside(After(5))); // a reply is overdue, so that the probe looks at what is there
        link.DropBeside(); // and then the old connection shows that it lives
        link.EndProbe(AfterProbe.Keep);
        go.Set();

        Eventually.True(() => link.OpenedAt != openedAt);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task EndProbe_RenewalWasGivenUp_TheNextOneBegins()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            if (peer.Number == 2)
            {
                go.Wait(TimeSpan.FromSeconds(10));
            }

            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(5));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);
        link.EndProbe(AfterProbe.Close); // the connection in use ends, and there is nothing to renew
        link.DropBeside();

        await link.OpenAsync(After(5));
        var openedAt = link.OpenedAt;
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => link.OpenedAt != openedAt);
        go.Set();
    }

    /// <summary>A renewal that was found open while no probe ran must not take the connection away from the one that has begun since.</summary>
    [Fact]
    public async Task TakeBesideNow_ProbeHasBegunMeanwhile_ChangesNothing()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            if (peer.Number == 2)
            {
                go.Wait(TimeSpan.FromSeconds(10));
            }

            peer.Handshake("REP");
            while (true)
            {
                peer.SendMessage(peer.ExpectMessage());
            }
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(5));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);
        await link.OpenAsync(After(5));
        var openedAt = link.OpenedAt;
        go.Set();
        Assert.True(link.OpenBeside(After(5)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(5))).Kind); // the renewal
        await Task.Yield();

        link.Send(ZmtpMessage.FromText("x"));
        Assert.False(link.TryTakeBeside(betweenProbes: true, out _));
        Assert.Equal("x", Text((await link.ReceiveAsync(After(5))).Message!));
        Assert.Equal(openedAt, link.OpenedAt);
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => link.OpenedAt != openedAt); // its turn
    }

    /// <summary>What a probe has asked on a renewal would be answered on the next probe's connection.</summary>
    [Fact]
    public async Task DropBeside_ProbeHasAskedOnTheRenewal_ThatOneIsGivenUpAndAnotherIsMade()
    {
        using var go = new ManualResetEventSlim();
        var server = Serve(peer =>
        {
            if (peer.Number == 2)
            {
                go.Wait(TimeSpan.FromSeconds(10));
            }

            peer.Handshake("REP");
            if (peer.Number == 2)
            {
                peer.ExpectMessage(); // and never answers
            }

            peer.ExpectEnd();
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(5));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);
        await link.OpenAsync(After(5));
        go.Set();
        Assert.True(link.OpenBeside(After(5)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(5))).Kind); // the renewal
        await Task.Yield();

        link.SendBeside(ZmtpMessage.FromText("x"));
        link.DropBeside();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 3);
    }

    [Fact]
    public async Task EndProbe_ConnectionIsOld_ItsNameIsResolvedAgainSoThatAFailoverIsFollowed()
    {
        using var first = Named("first", new IPEndPoint(IPAddress.Loopback, 0));
        using var second = Named("second", new IPEndPoint(IPAddress.Parse("127.0.0.2"), first.Port));
        var address = IPAddress.Loopback;
        var lookups = 0;
        var resolver = new NameResolver(_ =>
        {
            Interlocked.Increment(ref lookups);
            return [Volatile.Read(ref address)];
        });
        var link = Link(ScriptedServer.Parse($"tcp://orders.example:{first.Port}"), TimeSpan.FromTicks(1), resolver);
        Assert.Equal("first", await AskAsync());
        Volatile.Write(ref address, IPAddress.Parse("127.0.0.2")); // the first server lives on, as one that became the standby

        var asked = lookups;
        var last = "";
        for (var i = 0; i < 100 && last != "second"; i++)
        {
            var openedAt = link.OpenedAt;
            link.EndProbe(AfterProbe.Keep);
            Eventually.True(() => link.OpenedAt != openedAt);
            last = await AskAsync();
        }

        Assert.Equal("second", last);
        Assert.True(lookups > asked);

        async Task<string> AskAsync()
        {
            Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
            link.Send(ZmtpMessage.FromText("who"));
            var answer = Text((await link.ReceiveAsync(After(5))).Message!);
            await Task.Yield();
            return answer;
        }

        static ScriptedServer Named(string name, EndPoint at) => new(
            peer =>
            {
                peer.Handshake("REP");
                while (true)
                {
                    peer.ExpectMessage();
                    peer.SendMessage("", name);
                }
            },
            at);
    }

    [Fact]
    public async Task EndDue_OfAnEarlierWait_DoesNotEndTheNextOne()
    {
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectEnd();
        }));
        await link.OpenAsync(After(5)); // the first wait
        var wait = link.ReceiveAsync(After(30)).AsTask();
        link.Wait.EndDue(1); // a read that was under way for the first one
        Assert.False(wait.IsCompleted);
        link.Wait.EndDue(2);
        Assert.Equal(LinkOutcomeKind.TimedOut, (await wait).Kind);
    }

    [Fact]
    public async Task EndProbe_ConnectionIsOldAndOwesAReply_IsNotRenewed()
    {
        var server = Echo();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(5));
        link.EndProbe(AfterProbe.KeepUnanswered);
        await link.OpenAsync(After(5));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task EndProbe_RenewalFails_KeepsWhatThereIs()
    {
        var server = Echo();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(5));
        server.StopListening();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => Events().Count(item => item == ConnectionEvent.Closed) == 1); // of the attempt
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
        link.Send(ZmtpMessage.FromText("x"));
        Assert.Equal("x", Text((await link.ReceiveAsync(After(5))).Message!));
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
        await link.OpenAsync(After(5));
        link.EndProbe(AfterProbe.KeepForLateReply);
        Assert.Equal(0, _timers.Count);
        lock (_events)
        {
            Assert.Equal(ConnectionEvent.Closed, _events[^1]);
        }
    }

    [Fact]
    public async Task EndProbe_LateReplyConnectionIsLost_PaysBack()
    {
        using var go = new ManualResetEventSlim();
        var link = Link(Serve(peer =>
        {
            peer.Handshake("REP");
            go.Wait(TimeSpan.FromSeconds(10));
            peer.Reset();
        }));
        await link.OpenAsync(After(5));
        await Task.Yield(); // what follows a wait runs on the connection's own thread, which must not be blocked
        link.EndProbe(AfterProbe.KeepForLateReply);
        Assert.Equal(1, BudgetInUse());
        go.Set();
        Eventually.True(() => BudgetInUse() == 0 && _timers.Count == 0);
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
        Assert.Equal(ZmtpErrorCode.Local, (await wait.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken)).Error?.Code);
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
        await link.OpenAsync(After(5));
        await Task.Yield();
        Eventually.True(() => Unawaited().Count >= 150); // 4 MiB are kept for the probe, the rest is told at once
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => Unawaited().Count == 400);
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
            Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
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
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind);
        link.EndProbe(AfterProbe.Keep);
        await Task.Yield(); // off the thread that reads

        Eventually.True(() => Events().Contains(ConnectionEvent.Closed), () => $"{Unawaited().Count} messages, {string.Join(" ", Events())}, {string.Join(" ", server.Failures)}");

        Assert.InRange(Unawaited().Count, 1000, 1300); // with what came before the end of the probe
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(5))).Kind); // the next probe makes another connection
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
                    if ((await link.OpenAsync(After(10))).Kind == LinkOutcomeKind.Opened)
                    {
                        link.Send(ZmtpMessage.FromText("x"));
                        await link.ReceiveAsync(After(10));
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

    private static string Text(ZmtpMessage message) => Encoding.UTF8.GetString(message[message.FrameCount - 1]);

    private int BudgetInUse()
    {
        var left = 0;
        while (_budget.TryTake())
        {
            left++;
        }

        for (var i = 0; i < left; i++)
        {
            _budget.Return();
        }

        return 1024 - left;
    }

    private Timestamp After(double seconds) => _timers.After(TimeSpan.FromSeconds(seconds));

    private ScriptedServer Echo() => Serve(peer =>
    {
        peer.Handshake("REP");
        while (true)
        {
            peer.SendMessage(peer.ExpectMessage());
        }
    });

    private ScriptedServer Serve(Action<ScriptedPeer> script)
    {
        var server = new ScriptedServer(script);
        lock (_things)
        {
            _things.Add(server);
        }

        return server;
    }

    private List<string> Unawaited()
    {
        lock (_unawaited)
        {
            return [.. _unawaited];
        }
    }

    private List<ConnectionEvent> Events()
    {
        lock (_events)
        {
            return [.. _events];
        }
    }

    private ZmtpLink Link(ScriptedServer server, TimeSpan maxConnectionAge = default, SocketType socketType = SocketType.Req) =>
        Link(server.Endpoint, maxConnectionAge, new NameResolver(), socketType);

    private ZmtpLink Link(ZmtpEndpoint endpoint, TimeSpan maxConnectionAge, NameResolver resolver, SocketType socketType = SocketType.Req)
    {
        var context = new ZmtpContext(_timers, resolver);
        var attempt = TimeSpan.FromSeconds(2);
        var options = new LinkOptions
        {
            Name = "test",
            Endpoint = endpoint,
            SocketType = socketType,
            Reconnect = new ReconnectOptions { AttemptTimeout = attempt },
            AttemptTimeout = attempt,
            MaxConnectionAge = maxConnectionAge,
        };
        var link = new ZmtpLink(options, context, _budget, this);
        lock (_things)
        {
            _things.Insert(0, link);
        }

        return link;
    }
}
