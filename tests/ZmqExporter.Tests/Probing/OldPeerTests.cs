using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Tests.Probing;

public sealed class OldPeerTests
{
    private const string Advice = "write client: netmq in the module";

    private static readonly RequestProberConfig Request = new(SocketType.Req, Persistent: true, [ProbeCases.Step("ping")]);
    private static readonly SubscribeProberConfig Subscribe = new([[]], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), []);

    [Fact]
    public void Advise_Version2AndWhatNetMqCan_NamesNetMq()
    {
        Assert.All(
            (ProberConfig[])[Request, Request with { Socket = SocketType.Dealer }, Subscribe],
            prober => Assert.Equal($"too old; or {Advice}: NetMQ still speaks 2.0", Advised("2.0", prober)));
    }

    [Theory]
    [InlineData("1.0")] // NetMQ starts with an empty message there
    [InlineData("2.x")]
    [InlineData(null)]
    public void Advise_AnotherVersion_SaysNoMore(string? version) => Assert.Equal("too old", Advised(version, Request));

    [Fact]
    public void Advise_WhatNetMqCannot_SaysNoMore()
    {
        Assert.Equal("too old", Advised("2.0", new HandshakeProberConfig(SocketType.Dealer)));
        Assert.Equal("too old", Advised("2.0", Request, endpoint: "ipc:///tmp/server"));
        Assert.Equal("too old", Advised("2.0", Request, new SecurityConfig.Plain("user", new Secret("password"))));
        var keys = CurveKeyPair.Generate();
        Assert.Equal("too old", Advised("2.0", Request, new SecurityConfig.Curve(keys.PublicKey, keys))); // which 2.0 does not have
        Assert.Equal("too old", Advised("2.0", Request, client: MessagingClient.NetMq));
    }

    private static string Advised(
        string? version, ProberConfig prober, SecurityConfig? security = null, string endpoint = "tcp://127.0.0.1:1", MessagingClient client = MessagingClient.Zmtp)
    {
        Assert.True(ZmtpEndpoint.TryParse(endpoint, out var parsed, out _));
        var target = ProbeCases.Target(Request, parsed);
        target = target with { Module = target.Module with { Prober = prober, Client = client, Security = security ?? new SecurityConfig.Null() } };
        var error = new ZmtpError(ZmtpErrorCode.Version, "too old") { PeerVersion = version };
        var advised = OldPeer.Advise(error, target);
        Assert.Equal(ZmtpErrorCode.Version, advised.Code);
        return advised.Message;
    }
}
