using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using Zmtp;

namespace ZmqExporter.Tests.Scheduling;

public sealed class SchedulerHealthTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TimerQueue _timers;
    private readonly MeasurementError _error;
    private readonly SchedulerHealth _health;

    public SchedulerHealthTests()
    {
        _timers = new TimerQueue(_time);
        _error = new MeasurementError(_time);
        _health = new SchedulerHealth(_timers, _error);
    }

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void IsHealthy_SupervisorIsSilent_NotAfterThirtySeconds()
    {
        _time.Advance(SchedulerHealth.HeartbeatLimit);
        Assert.True(_health.IsHealthy(out var reason));
        Assert.Null(reason);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_health.IsHealthy(out reason));
        Assert.Equal("the scheduler's supervisor has been silent for 31.0 s", reason);
        _health.Report(stuck: 0);
        Assert.True(_health.IsHealthy(out _));
    }

    [Fact]
    public void IsHealthy_CanaryIsNotAnswered_NotAfterFiveSeconds()
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(_health.IsHealthy(out _)); // it never was: perhaps there is no loopback here
        Canary(isAnswered: true);
        _time.Advance(MeasurementError.SilenceLimit);
        Canary(isAnswered: false);
        Assert.True(_health.IsHealthy(out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_health.IsHealthy(out var reason));
        Assert.Equal("the canary, a peer inside the exporter itself, has not been answered for 6.0 s: probes prove nothing", reason);
        Canary(isAnswered: true);
        Assert.True(_health.IsHealthy(out _));

        void Canary(bool isAnswered)
        {
            _error.Begin(Timestamp.Now(_time));
            _error.End(isAnswered);
        }
    }

    [Fact]
    public void IsHealthy_ProbesAreStuck_Not()
    {
        _health.Report(stuck: 2);
        Assert.False(_health.IsHealthy(out var reason));
        Assert.Equal("2 probes did not end after their timeout", reason);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(10.5, false)]
    public void IsHealthy_TimerThreadIsBlocked_NotAfterTenSeconds(double seconds, bool healthy)
    {
        var seen = !healthy;
        string? reason = null;
        var start = _timers.After(TimeSpan.FromSeconds(1));
        _timers.Schedule(
            new Entry(() =>
            {
                _time.Advance(TimeSpan.FromSeconds(seconds));
                seen = _health.IsHealthy(out reason);
            }),
            start);
        _timers.Schedule(new Entry(() => { }), start);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(healthy, seen);
        Assert.Equal(healthy ? null : "no timer has run for 10.5 s: probes do not start", reason);
    }

    private sealed class Entry(Action action) : TimerEntry
    {
        protected override void OnDue(Timestamp due, Timestamp now) => action();
    }
}
