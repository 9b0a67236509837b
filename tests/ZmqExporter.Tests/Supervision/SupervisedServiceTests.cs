using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Supervision;
using Zmtp;

namespace ZmqExporter.Tests.Supervision;

public sealed class SupervisedServiceTests
{
    // A watchdog that a stalled exporter feeds is worse than none.
    [Fact]
    public void SignOfLife_WhileProbesStandStill_IsNone()
    {
        var time = new FakeTimeProvider();
        using var timers = new TimerQueue(time);
        var health = new SchedulerHealth(timers, new MeasurementError(time));
        var said = new List<string>();
        health.OnReport = () => said.Add(SupervisedService.SignOfLife(health));

        health.Report(stuck: 0);
        health.Report(stuck: 1);
        health.Report(stuck: 0);

        Assert.Equal(["WATCHDOG=1", "STATUS=unhealthy: 1 probes did not end after their timeout", "WATCHDOG=1"], said, StringComparer.Ordinal);
    }
}
