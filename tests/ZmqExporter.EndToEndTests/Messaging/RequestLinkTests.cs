using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Requests and replies over every client, to servers on libzmq and on NetMQ that behave.</summary>
public sealed class RequestLinkTests
{
    public static TheoryData<ClientKind, ServerLibrary> All => Servers.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Open_ServerListens_TellsAsMuchOfThePeerAsTheClientSees(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        Assert.Null(link.Link.Peer);
        Assert.False(link.Link.HasGreeted);

        await link.OpenAsync();

        Assert.Equal(client.Traits.SeesHandshake, link.Link.HasGreeted);
        Assert.Equal(client.Traits.SeesHandshake ? "REP" : null, link.Link.Peer?.SocketType);
        Assert.Equal(client.Traits.SeesHandshake ? "NULL" : null, link.Link.Peer?.Mechanism);
        Assert.NotNull(link.Link.Timings.Connect);
        Assert.Equal(client.Traits.SeesHandshake, link.Link.Timings.Handshake is not null);
        Assert.Null(link.Link.Timings.Resolve); // an address needs none
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Equal(client.Traits.SeesHandshake ? 1 : 0, link.Observer.Count(ConnectionEvent.HandshakeSucceeded));
        Assert.Equal(0, link.Observer.Count(ConnectionEvent.HandshakeFailed));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Send_ReqToRep_EachProbeGetsItsReplyOnOneConnection(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i % 2 == 0 ? "pong" : "unknown", await link.ProbeAsync(i % 2 == 0 ? "ping" : "something"));
        }

        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Equal(0, link.Observer.Count(ConnectionEvent.Disconnected));
        Assert.Empty(link.Observer.Unawaited);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Send_SeveralStepsInOneProbe_EachGetsItsReply(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);

        await link.OpenAsync();
        Assert.Equal("pong", await link.AskAsync("ping"));
        Assert.Equal("unknown", await link.AskAsync("other"));
        Assert.Equal("pong", await link.AskAsync("ping"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Send_FramesOfEverySize_ComeBackUnchanged(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRouterAsync();
        using var client = new ClientUnderTest(kind);
        byte[][] frames = [[], [0], new byte[255], new byte[256], [], new byte[300_000], []];
        new Random(7).NextBytes(frames[5]);
        foreach (var socketType in (SocketType[])[SocketType.Dealer, SocketType.Req])
        {
            var link = client.Link(server.Endpoint, socketType);
            await link.OpenAsync();
            link.Link.Send(ZmtpMessage.FromFrames(frames));

            var answer = await link.ReceiveAsync();

            Assert.Equal(frames.Length, answer.FrameCount);
            for (var i = 0; i < frames.Length; i++)
            {
                Assert.True(answer[i].SequenceEqual(frames[i]), $"{socketType}: frame {i} differs");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Receive_SeveralRepliesBeforeAnybodyWaits_NoneIsLostAndAllAreInOrder(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRouterAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Dealer);
        await link.OpenAsync();

        string[] requests = [.. Enumerable.Range(0, 8).Select(i => $"request {i}")];
        foreach (var request in requests)
        {
            link.Link.Send(ZmtpMessage.FromText(request));
        }

        var replies = new List<string>();
        while (replies.Count < requests.Length)
        {
            replies.Add(LinkUnderTest.Text(await link.ReceiveAsync()));
        }

        Assert.Equal(requests, replies, StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Receive_Reply_HasTheTimeOfItsArrival(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();

        var before = Timestamp.Now(TimeProvider.System);
        link.Link.Send(ZmtpMessage.FromText("ping"));
        var outcome = await link.Link.ReceiveAsync(ClientUnderTest.After(Eventually.Deadline));

        Assert.True(before <= outcome.Timestamp && outcome.Timestamp <= Timestamp.Now(TimeProvider.System));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Receive_ServerHangs_TimesOutAndTheReplyStillComes(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        Assert.Equal("pong", await link.ProbeAsync("ping"));
        await server.CommandAsync("hang");

        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));
        await link.AssertSilenceAsync();
        await link.AssertSilenceAsync();
        await server.CommandAsync("resume");

        Assert.Equal("pong", LinkUnderTest.Text(await link.ReceiveAsync()));
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Receive_UntilHasPassed_TimesOutAtOnce(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();

        var outcome = await link.Link.ReceiveAsync(ClientUnderTest.After(-TimeSpan.FromSeconds(10)));

        Assert.Equal(LinkOutcomeKind.TimedOut, outcome.Kind);
        Assert.Equal("pong", await link.AskAsync("ping"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task SendPing_ServerHangs_ItsProcessGivesASignOfLifeIfItIsAsked(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();
        await server.CommandAsync("hang");
        link.Link.Send(ZmtpMessage.FromText("ping"));

        var silenceTells = link.Link.SendPing();

        Assert.Equal(!client.Traits.PingsItself || library == ServerLibrary.Libzmq, silenceTells); // NetMQ announces ZMTP 3.0, which has no PING
        if (silenceTells)
        {
            Assert.Equal(LinkOutcomeKind.Pong, (await link.ReceiveWithoutLimitAsync()).Kind);
        }

        await server.CommandAsync("resume");
        Assert.Equal("pong", LinkUnderTest.Text(await link.ReceiveAsync()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task SendPing_ProcessFrozen_NoSignOfLife(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();
        await server.Process.SignalAsync("STOP");
        link.Link.Send(ZmtpMessage.FromText("ping"));

        link.Link.SendPing();

        await link.AssertSilenceAsync();
        await link.AssertSilenceAsync();
        await server.Process.SignalAsync("CONT");
        Assert.Equal("pong", LinkUnderTest.Text(await link.ReceiveAsync()));
    }
}
