using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Scheduling;

public sealed class ProbeSchedulerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RunnerHarness _harness = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task StartAsync_Targets_AreProbedAndListedInTheirOrder()
    {
        using var scheduler = _harness.CreateScheduler(
            _ => TestProber.Instant(_harness.Time), TestTargets.Create("b"), TestTargets.Create("a"), TestTargets.Create("c"));
        await scheduler.StartAsync(Cancelled);
        Assert.All(_harness.Targets.Snapshots(), target => Assert.Equal(TargetState.Unknown, target.State));
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => _harness.Targets.Snapshots().All(target => target.Probes == 1), "every target is probed");
        Assert.Equal("b a c", string.Join(' ', _harness.Targets.Snapshots().Select(target => target.Config.Name)));
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task StartAsync_TenThousandTargetsOfOneSecond_StartPaced()
    {
        const int targets = 10_000;
        var probes = 0;
        var prober = new TestProber(_harness.Time, _ =>
        {
            Interlocked.Increment(ref probes);
            return ValueTask.FromResult(TestProber.OnTime);
        });
        using var scheduler = _harness.CreateScheduler(
            _ => prober, [.. Enumerable.Range(0, targets).Select(i => TestTargets.Create($"target{i:0000}"))]);
        await scheduler.StartAsync(Cancelled);
        await AdvanceHalfASecondAsync();
        Assert.InRange(probes, 400, 600);
        for (var i = 0; i < 19; i++)
        {
            await AdvanceHalfASecondAsync();
        }

        await Eventually.TrueAsync(() => _harness.Targets.Snapshots().All(target => target.Probes > 0), "every target is probed within 10 s");
        Assert.All(_harness.Targets.Snapshots(), target => Assert.Equal(0, target.Skipped));
        await scheduler.StopAsync(Cancelled);

        async Task AdvanceHalfASecondAsync()
        {
            _harness.Time.Advance(TimeSpan.FromMilliseconds(500));

            // The fake clock leaves its callbacks to another thread when that one is about to set a timer. A timer is due at whole milliseconds.
            await Eventually.TrueAsync(() => _harness.Timers.Overdue < TimeSpan.FromMilliseconds(2), "all that is due starts");
            await Eventually.TrueAsync(() => scheduler.Running == 0, "the probes end");
        }
    }

    [Fact]
    public async Task ExecuteAsync_ProcessDidNotRun_IsOneWarningWithWhatItCost()
    {
        using var scheduler = _harness.CreateScheduler(_ => TestProber.Instant(_harness.Time), TestTargets.Create());
        await scheduler.StartAsync(Cancelled);
        await _harness.AdvanceAsync(Interval);

        _harness.Time.Advance(8 * Interval);
        for (var i = 0; i < 3; i++)
        {
            await _harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        await Eventually.TrueAsync(Supervised, "the supervisor looks");
        var line = Assert.Single(_harness.Logs.GetSnapshot(), record => record.Message.StartsWith("this process did not get to run", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
        var seconds = TimeSpan.Parse(line.GetStructuredStateValue("stalled")!, CultureInfo.InvariantCulture).TotalSeconds;
        Assert.InRange(seconds, 7, 8);
        Assert.InRange(long.Parse(line.GetStructuredStateValue("probes")!, CultureInfo.InvariantCulture), 7, _harness.Targets.Snapshots().Sum(target => target.Skipped));
        await scheduler.StopAsync(Cancelled);

        bool Supervised()
        {
            _harness.Time.Advance(TimeSpan.FromMilliseconds(10));
            return _harness.Logged(LogLevel.Warning).Any();
        }
    }

    [Fact]
    public async Task StopAsync_ProbersHeedTheToken_EndsAtOnceAndRecordsNothing()
    {
        var prober = new TestProber(_harness.Time, async stopping =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _harness.Time, stopping);
            return TestProber.OnTime;
        });
        using var scheduler = _harness.CreateScheduler(_ => prober, TestTargets.Create());
        await scheduler.StartAsync(Cancelled);
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => prober.Starts.Count == 1, "the probe starts");

        await scheduler.StopAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancelled);
        Assert.True(prober.Disposed);
        Assert.Equal(0, _harness.Timers.Count);
        await _harness.AdvanceAsync(2 * Interval);
        Assert.Equal(0, _harness.Targets.Snapshots().Single().Probes);
        Assert.Empty(_harness.Logged(LogLevel.Error));
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task StopAsync_ProbeNeverEnds_EndsWithinItsLimit()
    {
        var never = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(never.Task));
        using var scheduler = _harness.CreateScheduler(_ => prober, TestTargets.Create());
        await scheduler.StartAsync(Cancelled);
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => prober.Starts.Count == 1, "the probe starts");

        var stopped = scheduler.StopAsync(Cancelled);
        _harness.Time.Advance(ProbeScheduler.StopLimit - TimeSpan.FromMilliseconds(1));
        Assert.False(stopped.IsCompleted);
        await Eventually.TrueAsync(
            () =>
            {
                // The wait may begin only now, on another thread.
                _harness.Time.Advance(TimeSpan.FromMilliseconds(10));
                return stopped.IsCompleted;
            },
            "the stop ends");
        await stopped;
        Assert.True(prober.Disposed);
        Assert.Contains(_harness.Logged(LogLevel.Warning), line => line.StartsWith("probes still run", StringComparison.Ordinal));

        Assert.Equal(1, scheduler.Running);
        never.SetResult(TestProber.OnTime);
        await Eventually.TrueAsync(() => scheduler.Running == 0, "the probe ends after all");
        Assert.Equal(0, _harness.Targets.Snapshots().Single().Probes);
    }

    [Fact]
    public async Task StopAsync_ScrapeInHand_StillShowsEverySeries()
    {
        var target = TestTargets.Create();
        using var scheduler = _harness.CreateScheduler(_ => TestProber.Instant(_harness.Time), target);
        await scheduler.StartAsync(Cancelled);
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => _harness.Targets.Snapshots().Single().Probes == 1, "the target is probed");
        var before = await _harness.TargetSamplesAsync();
        Assert.NotEmpty(before);

        await scheduler.StopAsync(Cancelled);
        Assert.Equal(before, await _harness.TargetSamplesAsync());

        Assert.True(scheduler.Remove(TargetKey.Of(target)));
        Assert.Empty(await _harness.TargetSamplesAsync());
    }

    [Fact]
    public async Task Supervise_ProbeIsStuck_IsUnhealthyUntilItEnds()
    {
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(gate.Task));
        using var scheduler = _harness.CreateScheduler(_ => prober, TestTargets.Create());
        await scheduler.StartAsync(Cancelled);
        await _harness.AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.True(_harness.Health.IsHealthy(out _));

        string? reason = null;
        await Eventually.TrueAsync(
            () =>
            {
                _harness.Time.Advance(TimeSpan.FromSeconds(1));
                return !_harness.Health.IsHealthy(out reason);
            },
            "the stuck probe is seen");
        Assert.Equal("1 probes did not end after their timeout", reason);
        Assert.Contains("stuck", Assert.Single(_harness.Logged(LogLevel.Error)), StringComparison.Ordinal);

        gate.SetResult(TestProber.OnTime);
        await Eventually.TrueAsync(
            () =>
            {
                _harness.Time.Advance(TimeSpan.FromSeconds(1));
                return _harness.Health.IsHealthy(out _);
            },
            "the end of the probe is seen");
        await scheduler.StopAsync(Cancelled);
    }
}
