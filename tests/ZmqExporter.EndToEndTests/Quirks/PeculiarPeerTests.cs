using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Quirks;

/// <summary>Peers with one peculiarity: what libzmq puts up with is no failure, and what is none of ZeroMQ is named.</summary>
public sealed class PeculiarPeerTests
{
    private static readonly TimeSpan Plenty = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Tolerated => [.. ToleratedPeer.All.Select(peer => peer.Name)];

    public static TheoryData<SocketType> Types => [SocketType.Dealer, SocketType.Req, SocketType.Sub, SocketType.Pull, SocketType.Pair];

    [Theory]
    [MemberData(nameof(Tolerated))]
    public async Task Probe_PeculiarityThatLibzmqPutsUpWith_IsOnTime(string name)
    {
        var peer = ToleratedPeer.All.Single(peer => peer.Name == name);
        var commands = new System.Collections.Concurrent.ConcurrentQueue<byte[]>();
        using var server = new ScriptedServer(connection => peer.Serve(connection, commands.Enqueue));

        using var prober = new ProberUnderTest(server.Endpoint, Ping, Plenty, lateAfter: Plenty);
        for (var i = 1; i <= 3; i++)
        {
            var result = await prober.ProbeAsync();
            Assert.True(result is { Outcome: ProbeOutcome.OnTime, Ready: true }, result.Detail);
            if (peer.ClosesAfterReply)
            {
                await prober.HasSeenAsync(ConnectionEvent.Disconnected, i); // or the next request may be on its way before the end is seen
            }
        }

        Assert.Equal(TargetState.Up, prober.State);
        Assert.Empty(server.Failures);
        byte[][] answer = peer.Answer.Length == 0 ? [] : [peer.Answer[2..]]; // without the header of its frame
        Assert.Equal(answer, commands);
    }

    [Fact]
    public async Task Probe_ErrorInsteadOfReady_IsARefusal()
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Send(PeerBytes.Greeting());
            peer.Expect(64);
            peer.Send(PeerBytes.Command("ERROR", [15, .. "server is full!"u8]));
            peer.ExpectEnd();
        });

        var result = await ProbeAsync(server, Ping, Plenty);

        Assert.Equal((FailureReason.Auth, true), (result.Reason, result.Reachable));
        Assert.Contains("server is full!", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("and more, longer than sixteen bytes")]
    public async Task Probe_ApplicationHangsAndThePongHasAnotherContext_TheProcessLives(string more)
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Handshake("REP");
            peer.ExpectMessage();
            var context = peer.ExpectFrame().Body.AsSpan(7);
            peer.Send(PeerBytes.Command("PONG", more.Length == 0 ? [] : [.. context, .. System.Text.Encoding.ASCII.GetBytes(more)]));
            peer.ExpectEnd();
        });

        var result = await ProbeAsync(server, Ping, Short);

        Assert.Equal((FailureReason.ReplyTimeout, true), (result.Reason, result.Reachable));
        Assert.Contains("a ZMTP PING", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Probe_EchoService_IsNoZmtpPeer(SocketType type)
    {
        using var server = new ScriptedServer(peer =>
        {
            var buffer = new byte[4096];
            int count;
            while ((count = peer.Socket.Receive(buffer)) > 0)
            {
                peer.Send(buffer.AsSpan(0, count));
            }
        });

        var result = await ProbeAsync(server, new HandshakeProberConfig(type), Plenty);

        Assert.Equal((FailureReason.NotZmtp, false), (result.Reason, result.Reachable));
        Assert.Contains("sends our own bytes back", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Probe_PeerThatSaysNothing_NamesWhatCanBeBehindIt(SocketType type)
    {
        using var server = new ScriptedServer(peer => peer.ExpectEnd());

        var result = await ProbeAsync(server, new HandshakeProberConfig(type), Short);

        Assert.Equal((FailureReason.HandshakeTimeout, false), (result.Reason, result.Reachable));
        Assert.Contains("file descriptors", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketType.Dealer, "set socket: req for a REP or ROUTER")]
    [InlineData(SocketType.Rep, "a REP does not send first, because a REQ would give it work")]
    [InlineData(SocketType.Pull, "a PULL does not send first, because a PUSH would give it work")]
    public async Task Probe_PeerThatWaitsForOurReady_GetsNoneFromAWorkersTypeAndTheVerdictSaysWhatToDo(SocketType type, string words)
    {
        var isSpared = false;
        using var server = new ScriptedServer(peer =>
        {
            peer.Send(PeerBytes.Greeting());
            peer.Expect(64);
            isSpared = EndsWithoutAByte(peer.Socket);
        });

        var result = await ProbeAsync(server, new HandshakeProberConfig(type), Short);

        Assert.Equal((FailureReason.HandshakeTimeout, true), (result.Reason, result.Reachable));
        Assert.Contains(words, result.Detail, StringComparison.Ordinal);
        await Eventually.GetAsync(() => Task.FromResult(isSpared ? this : null), Eventually.Deadline, () => "it got more than a greeting");
    }

    // A handshake that failed is reset.
    private static bool EndsWithoutAByte(System.Net.Sockets.Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            return exception.SocketErrorCode == System.Net.Sockets.SocketError.ConnectionReset;
        }
    }

    private static RequestProberConfig Ping { get; } = new(
        SocketType.Req,
        Persistent: true,
        [new RequestStepConfig([new FrameConfig("ping", [])], [ExpectConfig.EqualsText(0, "pong")])]);

    private static async Task<ProbeResult> ProbeAsync(ScriptedServer server, ProberConfig config, TimeSpan timeout)
    {
        using var prober = new ProberUnderTest(server.Endpoint, config, timeout, lateAfter: timeout == Short ? Short / 10 : Plenty);
        var result = await prober.ProbeAsync();
        Assert.Empty(server.Failures);
        return result;
    }
}
