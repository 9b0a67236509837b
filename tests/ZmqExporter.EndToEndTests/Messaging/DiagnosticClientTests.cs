using System.Collections.Concurrent;
using System.Text;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>
/// The short connection that our own client makes beside NetMQ's gives a server nothing beyond a handshake: no PING, whichever version
/// it announces, and to one that gives its messages to anybody not even a READY.
/// </summary>
public sealed class DiagnosticClientTests
{
    private const byte NetMqMinor = 0; // which tells NetMQ's greeting from ours

    [Theory]
    [InlineData("ROUTER", 0, true)]
    [InlineData("ROUTER", 1, true)]
    [InlineData("DEALER", 1, false)]
    public async Task SendPing_ServerHangs_OurOwnClientSendsAHandshakeAndNoMore(string serverType, byte minor, bool takesPart)
    {
        var sent = new BlockingCollection<byte[]>();
        using var server = new ScriptedServer(peer => Serve(peer, serverType, minor, sent, hangs: true));
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Dealer, peekOnly: false);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));

        Assert.True(link.Link.SendPing());

        Assert.Equal(LinkOutcomeKind.Pong, (await link.ReceiveWithoutLimitAsync()).Kind);
        AssertHandshakeOnly(Take(sent), takesPart);
    }

    [Theory]
    [InlineData("ROUTER", 0, true)]
    [InlineData("ROUTER", 1, true)]
    [InlineData("DEALER", 1, false)]
    public async Task Receive_ServerCloses_OurOwnClientAsksWhyWithAHandshakeAndNoMore(string serverType, byte minor, bool takesPart)
    {
        var sent = new BlockingCollection<byte[]>();
        using var server = new ScriptedServer(peer => Serve(peer, serverType, minor, sent, hangs: false));
        using var client = new ClientUnderTest(ClientKind.NetMq);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Dealer, peekOnly: false);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));

        var outcome = await link.ReceiveWithoutLimitAsync();

        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Disconnected), (outcome.Kind, outcome.Error?.Code));
        AssertHandshakeOnly(Take(sent), takesPart);
    }

    private static byte[] Take(BlockingCollection<byte[]> sent) =>
        sent.TryTake(out var bytes, Eventually.Deadline) ? bytes : throw new TimeoutException("our own client never came, or never went");

    private static void AssertHandshakeOnly(byte[] afterGreeting, bool takesPart)
    {
        if (!takesPart)
        {
            Assert.Empty(afterGreeting);
            return;
        }

        Assert.Equal(PeerBytes.CommandFlag, afterGreeting[0]);
        Assert.StartsWith("\u0005READY", Encoding.ASCII.GetString(afterGreeting.AsSpan(2)), StringComparison.Ordinal);
        Assert.Equal(2 + afterGreeting[1], afterGreeting.Length);
    }

    private static void Serve(ScriptedPeer peer, string serverType, byte minor, BlockingCollection<byte[]> sent, bool hangs)
    {
        var greeting = PeerBytes.Greeting(minor: minor);
        peer.Send(greeting.AsSpan(0, 10));
        peer.Expect(11);
        peer.Send(greeting.AsSpan(10));
        var isNetMq = peer.Expect(53)[0] == NetMqMinor;
        peer.Send(PeerBytes.Ready(serverType));
        if (!isNetMq)
        {
            sent.Add(peer.ReadToEnd());
        }
        else if (hangs)
        {
            peer.ExpectEnd();
        }
        else
        {
            peer.ExpectMessage();
        }
    }
}
