using ZmqExporter.Configuration;
using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Messaging;

public class ZmtpClientTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Options_Pings_IsWhatTheModuleSays(bool ping)
    {
        var target = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, [ProbeCases.Step("ping")]));
        target = target with { Module = target.Module with { Ping = ping } };

        Assert.Equal(ping, ZmtpClient.Options(LinkSetup.OptionsFor(target)).Pings);
    }
}
