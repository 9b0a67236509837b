using ZmqExporter.Messaging;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>CURVE over every client, to servers on libzmq and on NetMQ.</summary>
public sealed class LinkSecurityTests
{
    private static readonly CurveKeyPair Server = CurveKeyPair.Generate();
    private static readonly CurveKeyPair Client = CurveKeyPair.Generate();

    public static TheoryData<ClientKind, ServerLibrary> All => Servers.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Send_CurveServer_RepliesOnOneConnection(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync(Servers.WithCurve(Server));
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req, security: ZmtpSecurity.Curve(Server.PublicKey, Client));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("pong", await link.ProbeAsync("ping"));
        }

        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Connected));
        Assert.Equal(client.Traits.SeesHandshake ? "CURVE" : null, link.Link.Peer?.Mechanism);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Send_LargeFramesToACurveServer_ComeBackUnchanged(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRouterAsync(Servers.WithCurve(Server));
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Dealer, security: ZmtpSecurity.Curve(Server.PublicKey, Client));
        var body = new byte[100_000];
        new Random(5).NextBytes(body);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromFrames([1, 2, 3], [], body));

        var answer = await link.ReceiveAsync();

        Assert.Equal(3, answer.FrameCount);
        Assert.True(answer[2].SequenceEqual(body));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Open_KeyOfAnotherServer_NoReplyEverComes(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync(Servers.WithCurve(Server));
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req, security: ZmtpSecurity.Curve(Client.PublicKey, Client));

        var outcome = await link.Link.OpenAsync(ClientUnderTest.After(TimeSpan.FromSeconds(2)));
        if (outcome.Kind == LinkOutcomeKind.Opened)
        {
            Assert.False(client.Traits.SeesHandshake);
            link.Link.Send(ZmtpMessage.FromText("ping"));
            outcome = await link.Link.ReceiveAsync(ClientUnderTest.After(TimeSpan.FromSeconds(1)));
        }

        Assert.True(outcome.Kind is LinkOutcomeKind.TimedOut or LinkOutcomeKind.Failed, outcome.ToString());
        Assert.Equal(0, link.Observer.Count(ConnectionEvent.HandshakeSucceeded));
    }
}
