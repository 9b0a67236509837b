using ZmqExporter.Messaging.Zmtp;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Probing;

public sealed class CanaryTests
{
    [Fact]
    public async Task Canary_Started_IsAnsweredAgainAndAgainAndEndsWithTheExporter()
    {
        var descriptors = new DescriptorBudget();
        using var timers = new TimerQueue(TimeProvider.System);
        var client = new ZmtpClient(new ZmtpContext(timers, new NameResolver()) { Descriptors = descriptors });
        var error = new MeasurementError(TimeProvider.System);
        var errors = new List<TimeSpan>();
        using var canary = new Canary(new ProberFactory(client, TimeProvider.System), timers, error, item =>
        {
            lock (errors)
            {
                errors.Add(item);
            }
        });
        Assert.Null(error.Silence);
        await canary.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, descriptors.InUse); // its connection, and so the peer's end of it, is open before anybody counts what is left
        Eventually.True(() => Count() >= 3);
        Assert.NotNull(error.Silence);
        Assert.All(errors, item => Assert.True(item > TimeSpan.Zero));
        await canary.StopAsync(TestContext.Current.CancellationToken);
        canary.Dispose();
        Eventually.True(() => timers.Count == 0);

        int Count()
        {
            lock (errors)
            {
                return errors.Count;
            }
        }
    }
}
