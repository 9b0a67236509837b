using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Testing;
using ZmqExporter.Supervision;

namespace ZmqExporter.Tests.Supervision;

public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData(true, "60000000", null)]
    [InlineData(true, "60000000", "7")]
    [InlineData(false, "60000000", "8")] // another process is watched
    [InlineData(false, "0", null)]
    [InlineData(false, "soon", null)]
    [InlineData(false, null, null)]
    public void IsWatching_ByTheEnvironment_IsKnown(bool expected, string? interval, string? process) =>
        Assert.Equal(expected, new ServiceManager(new Notifier(), name => name == "WATCHDOG_USEC" ? interval : process, 7, new FakeLogger()).IsWatching);

    [Fact]
    public void Notify_SocketThatIsGone_IsLoggedAndNoMore()
    {
        var logger = new FakeLogger();

        new ServiceManager(new Notifier { Fails = true }, _ => null, 7, logger).Notify("READY=1");

        Assert.Equal("the service manager did not take a message", logger.LatestRecord.Message);
    }

    private sealed class Notifier : ISystemdNotifier
    {
        public bool Fails { get; init; }

        public bool IsEnabled => true;

        public void Notify(ServiceState state)
        {
            if (Fails)
            {
                throw new SocketException((int)SocketError.ConnectionRefused);
            }
        }
    }
}
