using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using ZmqExporter.Probing;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Tests.Probing;

public sealed class LinkSetupTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OptionsFor_Request_IsMadeAgainOnceIfItIsKept(bool persistent)
    {
        var options = Options(new RequestProberConfig(SocketType.Req, persistent, [ProbeCases.Step("ping")]));

        Assert.Equal((SocketType.Req, false, persistent ? 1 : null), (options.SocketType, options.PeekOnly, options.Reconnect?.MaxRetries));
        Assert.Equal(("orders/ping", TimeSpan.FromSeconds(2)), (options.Name, options.AttemptTimeout));
    }

    [Fact]
    public void OptionsFor_Handshake_OnlyLooksAtPeersThatGiveTheirMessagesToAnybody()
    {
        var options = Options(new HandshakeProberConfig(SocketType.Pull));

        Assert.Equal((SocketType.Pull, true, null), (options.SocketType, options.PeekOnly, options.Reconnect));
        Assert.Empty(options.Topics);
    }

    [Theory]
    [InlineData(15, 2)]
    [InlineData(60, int.MaxValue)]
    public void OptionsFor_Subscription_IsMadeAgainUntilTheNextProbeIsNear(int interval, int retries)
    {
        var feed = new SubscribeProberConfig([[(byte)'t']], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []);
        var options = Options(feed, TimeSpan.FromSeconds(interval));

        Assert.Equal((SocketType.Sub, false, retries), (options.SocketType, options.PeekOnly, options.Reconnect?.MaxRetries));
        Assert.Equal("t"u8, Assert.Single(options.Topics).AsSpan());
    }

    [Fact]
    public void OptionsFor_Curve_HasTheKeysForAnyClient()
    {
        var (server, client) = (CurveKeyPair.Generate().PublicKey, CurveKeyPair.Generate());
        var options = Options(new HandshakeProberConfig(SocketType.Dealer), security: new SecurityConfig.Curve(server, client));

        Assert.Equal((server, client), options.Security.CurveKeys);
    }

    private static LinkOptions Options(ProberConfig prober, TimeSpan? interval = null, SecurityConfig? security = null)
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, []));
        var module = target.Module with { Prober = prober, Interval = interval ?? target.Module.Interval, Security = security ?? target.Module.Security };
        return LinkSetup.OptionsFor(target with { Module = module });
    }
}
