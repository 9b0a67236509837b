using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>What becomes of a connection after a probe, and of replies that come too late, over every client.</summary>
public sealed class ProbeEndTests
{
    public static TheoryData<ClientKind, ServerLibrary> All => Servers.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_Close_TheNextProbeHasAConnectionOfItsOwn(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        foreach (var reconnects in (bool[])[true, false])
        {
            var link = client.Link(server.Endpoint, SocketType.Req, reconnects);
            for (var probe = 1; probe <= 5; probe++)
            {
                await link.OpenAsync();
                Assert.Equal("pong", await link.AskAsync("ping"));
                link.Link.EndProbe(AfterProbe.Close);
                Assert.True(probe == link.Observer.Count(ConnectionEvent.Connected), $"reconnects {reconnects}: {link.Observer.Count(ConnectionEvent.Connected)} connections after probe {probe}");
            }

            Assert.Equal(0, link.Observer.Count(ConnectionEvent.Disconnected)); // we closed it, nobody was lost
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_CloseWithAReplyUnderWay_ItReachesNoLaterProbe(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        await server.CommandAsync("old 10");
        await server.CommandAsync("hang");
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("10"));
        await link.AssertSilenceAsync();
        link.Link.EndProbe(AfterProbe.Close);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("11"));
        await server.CommandAsync("resume");

        Assert.Equal("pong", LinkUnderTest.Text(await link.ReceiveAsync()));
        Assert.Equal(2, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_KeepForLateReply_TheReplyIsSeenAndReachesNoLaterProbe(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        await server.CommandAsync("old 10");
        await server.CommandAsync("hang");
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("10"));
        await link.AssertSilenceAsync();
        link.Link.EndProbe(AfterProbe.KeepForLateReply);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("11"));
        await server.CommandAsync("resume");

        Assert.Equal("pong", LinkUnderTest.Text(await link.ReceiveAsync()));
        link.Link.EndProbe(AfterProbe.Keep);

        // Probes go on meanwhile, as they do in the exporter: a client may look for late replies at each of them.
        await Eventually.GetAsync(
            async () =>
            {
                Assert.Equal("pong", await link.ProbeAsync("11"));
                return link.Observer.Unawaited.Count > 0 ? link : null;
            },
            Eventually.Deadline,
            () => "the late reply was never seen");
        Assert.Equal(["old"], link.Observer.Unawaited.Select(LinkUnderTest.Text), StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_KeepBeforeTheReply_EachReplyIsSeenOnce(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRouterAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Dealer);
        await link.OpenAsync();
        await server.Process.SignalAsync("STOP");
        for (var i = 0; i < 3; i++)
        {
            link.Link.Send(ZmtpMessage.FromText($"late {i}"));
        }

        await link.AssertSilenceAsync();
        link.Link.EndProbe(AfterProbe.Keep);
        await server.Process.SignalAsync("CONT");

        // What came before a probe goes to the observer; what comes within one is the probe's, or left over at its end.
        await Eventually.GetAsync(
            async () =>
            {
                await link.OpenAsync();
                link.Link.EndProbe(AfterProbe.Keep);
                return link.Observer.Unawaited.Count >= 3 ? link : null;
            },
            Eventually.Deadline,
            () => $"{link.Observer.Unawaited.Count} of 3 late replies were seen");
        Assert.Equal("answer", await link.ProbeAsync("answer"));
        Assert.Equal(["late 0", "late 1", "late 2"], link.Observer.Unawaited.Select(LinkUnderTest.Text), StringComparer.Ordinal);
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task EndProbe_MessagesNobodyReceived_GoToTheObserver(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRouterAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Dealer);
        await link.OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            link.Link.Send(ZmtpMessage.FromText($"message {i}"));
        }

        Assert.Equal("message 0", LinkUnderTest.Text(await link.ReceiveAsync()));
        link.Link.EndProbe(AfterProbe.Keep);

        await Eventually.GetAsync(
            async () =>
            {
                await link.OpenAsync();
                link.Link.EndProbe(AfterProbe.Keep);
                return link.Observer.Unawaited.Count >= 2 ? link : null;
            },
            Eventually.Deadline,
            () => $"{link.Observer.Unawaited.Count} of 2 messages were handed over");
        Assert.Equal(["message 1", "message 2"], link.Observer.Unawaited.Select(LinkUnderTest.Text), StringComparer.Ordinal);
    }
}
