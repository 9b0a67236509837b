using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Messaging;

/// <summary>Servers that are not there, go away or misbehave, over every client.</summary>
public sealed class LinkFailureTests
{
    private const int Limit = 1 << 20; // of a reply

    public static TheoryData<ClientKind> Clients => Servers.Clients;

    public static TheoryData<ClientKind, ServerLibrary> All => Servers.All;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_RefusedPort_FailsWithThatReason(ClientKind kind)
    {
        using var client = new ClientUnderTest(kind);
        var link = client.Link("tcp://127.0.0.1:1", SocketType.Req);
        for (var i = 0; i < 3; i++)
        {
            var outcome = await link.Link.OpenAsync(ClientUnderTest.After(Eventually.Deadline));

            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Refused), (outcome.Kind, outcome.Error?.Code));
            Assert.NotEmpty(outcome.Error!.Message);
            link.Link.EndProbe(AfterProbe.Close);
        }

        Assert.False(link.Link.HasGreeted);
        Assert.Null(link.Link.Peer);
        Assert.Equal(0, link.Observer.Count(ConnectionEvent.Connected));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_NameThatDoesNotResolve_FailsWithThatReason(ClientKind kind)
    {
        using var client = new ClientUnderTest(kind);
        var link = client.Link("tcp://zmq-exporter-test.invalid:5555", SocketType.Req);

        var outcome = await link.Link.OpenAsync(ClientUnderTest.After(Eventually.Deadline));

        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Resolve), (outcome.Kind, outcome.Error?.Code));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_NameOfTheServer_ConnectsAndTellsTheTimeOfTheLookUp(ClientKind kind)
    {
        await using var server = await PythonPeer.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), SocketType.Req);

        Assert.Equal("pong", await link.ProbeAsync("ping"));

        Assert.NotNull(link.Link.Timings.Resolve);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_ListenerThatSaysNothing_NobodySpeaksZmtp(ClientKind kind)
    {
        using var silent = new ScriptedServer(peer => peer.ExpectEnd());
        using var client = new ClientUnderTest(kind);
        var link = client.Link($"tcp://127.0.0.1:{silent.Port}", SocketType.Req);

        var outcome = await link.Link.OpenAsync(ClientUnderTest.After(TimeSpan.FromSeconds(1)));

        if (client.Traits.SeesHandshake)
        {
            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.HandshakeTimeout), (outcome.Kind, outcome.Error?.Code));
        }
        else
        {
            Assert.Equal(LinkOutcomeKind.Opened, outcome.Kind); // TCP is all that it knows of
            link.Link.Send(ZmtpMessage.FromText("ping"));
            await link.AssertSilenceAsync();
        }

        Assert.False(link.Link.HasGreeted);
        Assert.Equal(0, link.Observer.Count(ConnectionEvent.HandshakeSucceeded));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Receive_MessageThatIsTooLarge_IsNamedAndTheNextConnectionWorks(ClientKind kind)
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            while (true)
            {
                var request = peer.ExpectMessage();
                switch (request[^1])
                {
                    case "2 GB":
                        peer.Send(PeerBytes.HeaderOf(0, int.MaxValue));
                        break;
                    case "a byte too much":
                        peer.Send(PeerBytes.Frame(0, new byte[Limit + 1]));
                        break;
                    case "two frames":
                        peer.Send(PeerBytes.Frame(PeerBytes.More, new byte[Limit]));
                        peer.Send(PeerBytes.Frame(0, new byte[1]));
                        break;
                    case "as much as may be":
                        peer.Send(PeerBytes.Frame(0, new byte[Limit]));
                        break;
                    default:
                        peer.SendMessage(request);
                        break;
                }
            }
        });
        using var client = new ClientUnderTest(kind);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Dealer);
        foreach (var (request, words) in ((string, string)[])[("2 GB", "2147483647 bytes"), ("a byte too much", "1048577 bytes"), ("two frames", "bytes")])
        {
            await link.OpenAsync();
            link.Link.Send(ZmtpMessage.FromText(request));

            var outcome = await link.ReceiveWithoutLimitAsync();

            Assert.Equal((request, LinkOutcomeKind.Failed, ZmtpErrorCode.TooLarge), (request, outcome.Kind, outcome.Error?.Code));
            Assert.Contains(words, outcome.Error!.Message, StringComparison.Ordinal);
            link.Link.EndProbe(AfterProbe.Close);
            Assert.Equal("small", await link.ProbeAsync("small"));
        }

        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("as much as may be"));
        Assert.Equal(Limit, (await link.ReceiveAsync()).Length);
        Assert.Empty(server.Failures);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Receive_ServerClosesAmidAHeader_IsDisconnected(ClientKind kind)
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("ROUTER");
            peer.ExpectMessage();
            peer.Send(PeerBytes.HeaderOf(0, int.MaxValue).AsSpan(0, 7)); // all that matters of the length, but not all of it
        });
        using var client = new ClientUnderTest(kind);
        var link = client.Link($"tcp://127.0.0.1:{server.Port}", SocketType.Dealer);
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));

        var outcome = await link.ReceiveWithoutLimitAsync();

        Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.Disconnected), (outcome.Kind, outcome.Error?.Code));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Receive_ServerDies_FailsAtOnce(ClientKind kind, ServerLibrary library)
    {
        await using var server = await library.StartRepAsync();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(server.Endpoint, SocketType.Req);
        Assert.Equal("pong", await link.ProbeAsync("ping"));
        await server.CommandAsync("hang");
        await link.OpenAsync();
        link.Link.Send(ZmtpMessage.FromText("ping"));

        var waiting = link.ReceiveWithoutLimitAsync();
        await server.Process.SignalAsync("KILL");
        var outcome = await waiting;

        // NetMQ's worker may have had no time to send the request: then it is sent on another connection, which nobody takes any more.
        Assert.Equal(LinkOutcomeKind.Failed, outcome.Kind);
        Assert.Contains(outcome.Error!.Code, kind == ClientKind.NetMq ? new[] { ZmtpErrorCode.Disconnected, ZmtpErrorCode.Refused } : [ZmtpErrorCode.Disconnected]);
        Assert.Equal(1, link.Observer.Count(ConnectionEvent.Disconnected));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Open_ServerRestarts_FailsMeanwhileAndWorksAgain(ClientKind kind, ServerLibrary library)
    {
        using var port = new ReservedPort();
        var server = await library.StartRepAsync(Servers.OnPort(port.Number));
        try
        {
            using var client = new ClientUnderTest(kind);
            var link = client.Link(server.Endpoint, SocketType.Req);
            Assert.Equal("pong", await link.ProbeAsync("ping"));
            await server.DisposeAsync();

            // A client may learn of the loss at once, or with the next probe.
            await link.EventuallyFailsAsync(ZmtpErrorCode.Refused);
            Assert.Equal(1, link.Observer.Count(ConnectionEvent.Disconnected));
            server = await library.StartRepAsync(Servers.OnPort(port.Number));

            await link.EventuallyAnswersAsync("ping", "pong");
            Assert.True(link.Observer.Count(ConnectionEvent.Connected) >= 2);
            Assert.True(link.Observer.Count(ConnectionEvent.ConnectRetried) >= 1);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Open_ListenerThatIsNoZmtpServer_NoMessageEverComes(ClientKind kind)
    {
        await using var ssh = RawPeer.Ssh();
        using var client = new ClientUnderTest(kind);
        var link = client.Link(ssh.Endpoint, SocketType.Req);

        var outcome = await link.Link.OpenAsync(ClientUnderTest.After(TimeSpan.FromSeconds(5)));
        if (client.Traits.SeesHandshake)
        {
            Assert.Equal((LinkOutcomeKind.Failed, ZmtpErrorCode.NotZmtp), (outcome.Kind, outcome.Error?.Code));
            return;
        }

        link.Link.Send(ZmtpMessage.FromText("ping"));
        outcome = await link.Link.ReceiveAsync(ClientUnderTest.After(TimeSpan.FromSeconds(1)));
        Assert.True(outcome.Kind is LinkOutcomeKind.TimedOut or LinkOutcomeKind.Failed, outcome.ToString());
    }
}
