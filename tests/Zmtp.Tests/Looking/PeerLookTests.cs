using System.Net;
using System.Text;
using Zmtp.Looking;

namespace Zmtp.Tests.Looking;

public sealed class PeerLookTests
{
    // For peers that speak: they are waited for as long as it takes.
    private static readonly LookOptions Patient = new() { Timeout = TimeSpan.FromSeconds(60), ListenFirst = TimeSpan.FromSeconds(20) };

    // For peers that say nothing.
    private static readonly LookOptions Brief = new() { Timeout = TimeSpan.FromMilliseconds(300), ListenFirst = TimeSpan.FromMilliseconds(10) };

    [Theory]
    [InlineData("REP", 1)]
    [InlineData("PULL", 1)]
    [InlineData("PUSH", 0)]
    [InlineData("X-OTHER", 1)]
    public async Task Look_NullPeer_TellsItsTypeAndSeesNoReady(string type, byte minor)
    {
        var after = new TaskCompletionSource<byte[]>();
        using var server = new ScriptedServer(peer =>
        {
            var greeting = PeerBytes.Greeting(minor: minor);
            peer.Send(greeting.AsSpan(0, 10));
            peer.Expect(11);
            peer.Send(greeting.AsSpan(10));
            peer.Expect(53);
            peer.Send(PeerBytes.Ready(type));
            after.SetResult(peer.ReadToEnd());
        });

        var result = await LookAsync(server, Patient);

        Assert.Equal((type, "NULL", $"3.{minor}"), (result.Peer?.SocketType, result.Greeting?.Mechanism, result.Greeting?.Version));
        Assert.Null(result.Error);
        Assert.Equal(64, result.Sent);
        Assert.Empty(await after.Task);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("CURVE")]
    [InlineData("GSSAPI")]
    public async Task Look_OtherMechanism_IsNamedAndSentNoMore(string mechanism)
    {
        var after = new TaskCompletionSource<byte[]>();
        using var server = new ScriptedServer(peer =>
        {
            peer.Send(PeerBytes.Greeting(mechanism).AsSpan(0, 10));
            peer.Expect(11);
            peer.Send(PeerBytes.Greeting(mechanism).AsSpan(10));
            after.SetResult(peer.ReadToEnd());
        });

        var result = await LookAsync(server, Patient);

        Assert.Equal(new PeerGreeting(3, 1, mechanism), result.Greeting);
        Assert.Equal((ZmtpErrorCode.Mechanism, 11), (result.Error?.Code, result.Sent));
        Assert.Empty(await after.Task);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    [InlineData("220 mail.example ESMTP\r\n")]
    public async Task Look_OtherProtocolThatSpeaksFirst_IsSentNothing(string banner)
    {
        var got = new TaskCompletionSource<byte[]>();
        using var server = new ScriptedServer(peer =>
        {
            peer.Send(Encoding.ASCII.GetBytes(banner));
            got.SetResult(peer.ReadToEnd());
        });

        var result = await LookAsync(server, Patient);

        Assert.Equal((ZmtpErrorCode.NotZmtp, true, 0), (result.Error?.Code, result.SpokeFirst, result.Sent));
        Assert.Equal(banner, Encoding.ASCII.GetString(result.Heard.AsSpan()));
        Assert.Empty(await got.Task);
    }

    [Fact]
    public async Task Look_SilentPeer_IsSentAGreetingAndNoMore()
    {
        var got = new TaskCompletionSource<byte[]>();
        using var server = new ScriptedServer(peer => got.SetResult(peer.ReadToEnd()));

        var result = await LookAsync(server, Brief);

        Assert.Equal((ZmtpErrorCode.HandshakeTimeout, 64, false), (result.Error?.Code, result.Sent, result.SpokeFirst));
        var bytes = await got.Task;
        Assert.Equal(64, bytes.Length);
        Assert.Equal([0xFF, 0x7F, 3, 1], new[] { bytes[0], bytes[9], bytes[10], bytes[11] });
    }

    [Fact]
    public async Task Look_TextServer_SpeaksAtTheEndOfOurStream()
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.ReadToEnd();
            peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        });

        var result = await LookAsync(server, Brief with { Timeout = TimeSpan.FromSeconds(2) });

        Assert.Equal(ZmtpErrorCode.NotZmtp, result.Error?.Code);
        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(result.Heard.AsSpan()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_PeerThatClosesAtOnce_IsDisconnected()
    {
        using var server = new ScriptedServer(_ => { });

        var result = await LookAsync(server, Patient);

        Assert.Equal((true, ZmtpErrorCode.Disconnected), (result.IsConnected, result.Error?.Code));
    }

    [Fact]
    public async Task Look_NobodyListens_IsRefused()
    {
        var server = new ScriptedServer(_ => { });
        server.Dispose();

        var result = await LookAsync(server, Patient);

        Assert.Equal((false, ZmtpErrorCode.Refused), (result.IsConnected, result.Error?.Code));
    }

    [Fact]
    public async Task Look_EndlessCommands_AreBounded()
    {
        using var server = new ScriptedServer(peer =>
        {
            peer.Send(PeerBytes.Greeting());
            peer.Expect(64);
            peer.Send(PeerBytes.HeaderOf(PeerBytes.CommandFlag, 1 << 20));
            peer.ExpectEnd();
        });

        var result = await LookAsync(server, Patient);

        Assert.Equal((ZmtpErrorCode.TooLarge, "NULL"), (result.Error?.Code, result.Greeting?.Mechanism));
    }

    private static Task<LookResult> LookAsync(ScriptedServer server, LookOptions options) =>
        PeerLook.LookAsync(new IPEndPoint(IPAddress.Loopback, server.Port), options, TimeProvider.System, TestContext.Current.CancellationToken);
}
