using System.Net;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

/// <summary>Connections that are renewed because of their age.</summary>
public sealed class ZmtpLinkRenewalTests : ZmtpLinkTestBase
{
    [Fact]
    public async Task EndProbe_ConnectionIsOld_IsRenewedBetweenProbes()
    {
        var server = Echo();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        for (var i = 1; i <= 3; i++)
        {
            await link.OpenAsync(After(60));
            var openedAt = link.OpenedAt;
            link.Send(ZmtpMessage.FromText("x"));
            Assert.Equal("x", Text((await link.ReceiveAsync(After(60))).Message!));
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
                go.Wait(TimeSpan.FromSeconds(60));
            }

            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(60));
        var openedAt = link.OpenedAt;
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);

        await link.OpenAsync(After(60));
        Assert.True(link.OpenBeside(After(60))); // a reply is overdue, so that the probe looks at what is there
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
                go.Wait(TimeSpan.FromSeconds(60));
            }

            peer.Handshake("REP");
            peer.ExpectEnd();
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(60));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);
        link.EndProbe(AfterProbe.Close); // the connection in use ends, and there is nothing to renew
        link.DropBeside();

        await link.OpenAsync(After(60));
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
                go.Wait(TimeSpan.FromSeconds(60));
            }

            peer.Handshake("REP");
            while (true)
            {
                peer.SendMessage(peer.ExpectMessage());
            }
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(60));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);
        await link.OpenAsync(After(60));
        var openedAt = link.OpenedAt;
        go.Set();
        Assert.True(link.OpenBeside(After(60)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(60))).Kind); // the renewal
        await Task.Yield();

        link.Send(ZmtpMessage.FromText("x"));
        Assert.False(link.TryTakeBeside(betweenProbes: true, out _));
        Assert.Equal("x", Text((await link.ReceiveAsync(After(60))).Message!));
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
                go.Wait(TimeSpan.FromSeconds(60));
            }

            peer.Handshake("REP");
            if (peer.Number == 2)
            {
                peer.ExpectMessage(); // and never answers
            }

            peer.ExpectEnd();
        });
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(60));
        await Task.Yield();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => server.Accepted == 2);
        await link.OpenAsync(After(60));
        go.Set();
        Assert.True(link.OpenBeside(After(60)));
        Assert.Equal(LinkOutcomeKind.BesideOpened, (await link.ReceiveAsync(After(60))).Kind); // the renewal
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
            Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);
            link.Send(ZmtpMessage.FromText("who"));
            var answer = Text((await link.ReceiveAsync(After(60))).Message!);
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
    public async Task EndProbe_ConnectionIsOldAndOwesAReply_IsNotRenewed()
    {
        var server = Echo();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(60));
        link.EndProbe(AfterProbe.KeepUnanswered);
        await link.OpenAsync(After(60));
        Assert.Equal(1, server.Accepted);
    }

    [Fact]
    public async Task EndProbe_RenewalFails_KeepsWhatThereIs()
    {
        var server = Echo();
        var link = Link(server, maxConnectionAge: TimeSpan.FromTicks(1));
        await link.OpenAsync(After(60));
        server.StopListening();
        link.EndProbe(AfterProbe.Keep);
        Eventually.True(() => Events().Count(item => item == ConnectionEvent.Closed) == 1); // of the attempt
        Assert.Equal(LinkOutcomeKind.Opened, (await link.OpenAsync(After(60))).Kind);
        link.Send(ZmtpMessage.FromText("x"));
        Assert.Equal("x", Text((await link.ReceiveAsync(After(60))).Message!));
    }
}
