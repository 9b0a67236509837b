using System.Text;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>
/// Servers of ZMTP 2.0, as libzmq 3.x is one: our own client is too new for them, and NetMQ is not. What our own client then says beside
/// NetMQ must not become NetMQ's verdict.
/// </summary>
public sealed class OldPeerTests
{
    private const byte Pub = 1;
    private const byte Rep = 4;

    public static TheoryData<ClientKind> Clients => Servers.Clients;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_RepOfVersion2_IsNamedByOurOwnClientAndAnswersNetMq(ClientKind kind)
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.HandshakeOfVersion2(Rep);
            while (true)
            {
                Assert.Equal(["", "ping"], peer.ExpectMessage());
                peer.SendMessage("", "pong");
            }
        });
        using var client = new ClientUnderTest(kind);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Req);

        if (client.Traits.SeesHandshake)
        {
            var outcome = await link.Link.OpenAsync(ClientUnderTest.After(Eventually.Deadline));
            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Version, "2.0"), (outcome.Kind, outcome.Error?.Code, outcome.Error?.PeerVersion));
        }
        else
        {
            Assert.Equal("pong", await link.ProbeAsync("ping"));
            Assert.Equal("pong", await link.ProbeAsync("ping"));
            Assert.Equal(1, server.Accepted);
        }

        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task Open_PublisherOfVersion2_ItsMessagesComeThroughNetMq()
    {
        var topics = new List<byte[]>();
        using var server = new ScriptedServer(peer =>
        {
            peer.HandshakeOfVersion2(Pub);
            topics.Add(peer.ExpectFrame().Body);
            for (var i = 0; i < 100; i++)
            {
                peer.SendMessage("tick", $"{i}");
                peer.SendMessage("other", $"{i}");
            }

            peer.ExpectEnd();
        });
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var link = client.Subscription($"tcp://127.0.0.1:{server.Port}", null, "tick");

        await link.OpenAsync();
        await link.EventuallyAsync(observer => observer.Messages.Count >= 100, "100 messages never came");

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), link.Observer.Messages.Select(message => Encoding.UTF8.GetString(message.Frames[1])), StringComparer.Ordinal);
        Assert.Equal("\u0001tick", Encoding.ASCII.GetString(Assert.Single(topics)));
        Assert.Empty(server.Failures);
    }

    [Fact]
    public async Task SendPing_HungRepOfVersion2_ItsGreetingIsASignOfLife()
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.HandshakeOfVersion2(Rep);
            peer.ExpectEnd();
        });
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Req);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));

        Assert.True(link.Link.SendPing());

        Assert.Equal(LinkOutcomeKind.Pong, (await link.ReceiveWithoutLimitAsync()).Kind);
        Assert.Equal(2, server.Accepted);
    }

    [Fact]
    public async Task Receive_ServerOfVersion2Closes_IsDisconnected()
    {
        using var closed = new SemaphoreSlim(0);
        using var server = new ScriptedServer(peer =>
        {
            peer.HandshakeOfVersion2(Rep); // our own client, which comes to ask why, gets no further
            peer.ExpectMessage();
            peer.Socket.Dispose();
            closed.Release();
        });
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Req);
        for (var i = 0; i < 10; i++)
        {
            await link.OpenAsync();

            // This runs on NetMQ's thread, which finds both the connect and the loss when it goes on.
            link.Link.Send(ZmtpMessage.FromText("ping"));
            Assert.True(closed.Wait(Eventually.Deadline, TestContext.Current.CancellationToken));
            var outcome = await link.ReceiveWithoutLimitAsync();

            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Disconnected), (outcome.Kind, outcome.Error?.Code));
            Assert.Equal(2 * (i + 1), server.Accepted);
        }

        Assert.Empty(server.Failures);
    }
}
