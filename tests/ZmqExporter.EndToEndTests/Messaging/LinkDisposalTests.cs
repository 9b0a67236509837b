using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>A link may be disposed of at any time and from any thread, over every client.</summary>
public sealed class LinkDisposalTests
{
    public static TheoryData<ClientKind> Clients => Servers.Clients;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Dispose_WhileAReplyIsAwaited_EndsTheWaitAsOurOwnFailure(ClientKind kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        await server.CommandAsync("hang");
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));

        var waiting = link.ReceiveWithoutLimitAsync();
        Assert.False(waiting.IsCompleted);
        link.Dispose();

        AssertOurFailure(await waiting);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Dispose_WhileAConnectionIsMade_EndsTheWaitAsOurOwnFailure(ClientKind kind)
    {
        await using var hole = await RawPeer.BlackHoleAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(hole.Endpoint, SocketType.Req);

        var waiting = link.Link.OpenAsync(ClientUnderTest.After(TimeSpan.FromHours(1))).AsTask()
            .WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        link.Dispose();

        AssertOurFailure(await waiting);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Dispose_Before_EveryCallFailsAndNoneThrows(ClientKind kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        Assert.Equal("pong", await link.ProbeAsync("ping"));

        link.Dispose();
        link.Dispose();

        AssertOurFailure(await link.Link.OpenAsync(ClientUnderTest.After(Eventually.Deadline)));
        link.Link.Send(ZmtpMessage.FromText("ping"));
        AssertOurFailure(await link.Link.ReceiveAsync(ClientUnderTest.After(Eventually.Deadline)));
        link.Link.EndProbe(AfterProbe.KeepForLateReply);
        link.Link.EndProbe(AfterProbe.Close);
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Dispose_AtRandomMoments_EveryWaitEnds(ClientKind kind)
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            while (true)
            {
                peer.SendMessage(peer.ExpectMessageAndPong());
            }
        });
        using var client = new ClientUnderTest(kind);
        var random = new Random(11);
        for (var round = 0; round < 60; round++)
        {
            var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Dealer);
            var probing = Task.Run(() => ProbeUntilItFailsAsync(link.Link));
            await Task.Run(() => Thread.SpinWait(random.Next(200_000)), TestContext.Current.CancellationToken);
            link.Dispose();
            var outcome = await probing.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
            AssertOurFailure(outcome);
        }
    }

    private static async Task<LinkOutcome> ProbeUntilItFailsAsync(IMessageLink link)
    {
        for (var i = 0; ; i++)
        {
            var outcome = await link.OpenAsync(ClientUnderTest.After(Eventually.Deadline));
            if (outcome.Kind == LinkOutcomeKind.Opened)
            {
                link.Send(ZmtpMessage.FromText("x"));
                outcome = await link.ReceiveAsync(ClientUnderTest.After(Eventually.Deadline));
            }

            link.EndProbe((AfterProbe)(i % 3));
            if (outcome.Kind == LinkOutcomeKind.Failed)
            {
                return outcome;
            }
        }
    }

    private static void AssertOurFailure(LinkOutcome outcome) =>
        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Local), (outcome.Kind, outcome.Error?.Code));
}
