using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Policy;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>What a reload does to the targets.</summary>
public sealed class SchedulerApplyTests : IDisposable
{
    private readonly RunnerHarness _harness = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Apply_TargetIsWhatItWas_GoesOnUndisturbed()
    {
        var probers = new List<TestProber>();
        using var scheduler = _harness.CreateScheduler(_ => Add(probers), TestTargets.Create("a"), TestTargets.Create("b"));
        await scheduler.StartAsync(Cancelled);
        for (var i = 0; i < 10; i++)
        {
            await AdvanceAsync(scheduler, TimeSpan.FromMilliseconds(500));
            var diff = scheduler.Apply([TestTargets.Create("b"), TestTargets.Create("a")]); // in another order, too
            Assert.Equal((true, 2), (diff.IsEmpty, diff.Unchanged));
        }

        Assert.Equal(2, probers.Count);
        Assert.All(_harness.Targets.Snapshots(), target => Assert.Equal((5, 0), (target.Probes, target.Skipped)));
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Apply_IntervalChanges_KeepsStateAndCountersAndTakesTheNewInterval()
    {
        var probers = new List<TestProber>();
        using var scheduler = _harness.CreateScheduler(_ => Add(probers), TestTargets.Create("a"));
        await scheduler.StartAsync(Cancelled);
        await AdvanceAsync(scheduler, TimeSpan.FromSeconds(4));
        Assert.True(_harness.Targets.TryGet(new TargetKey("a", "ping"), out var record));

        var diff = scheduler.Apply([TestTargets.Create("a", interval: TimeSpan.FromSeconds(10))]);

        Assert.Equal((0, 1, 0, 0), (diff.Added.Length, diff.Changed.Length, diff.Removed.Length, diff.Unchanged));
        await AdvanceAsync(scheduler, TimeSpan.FromSeconds(20));
        Assert.True(_harness.Targets.TryGet(new TargetKey("a", "ping"), out var after));
        Assert.Same(record, after);
        Assert.Equal((TargetState.Up, 6), (after.Snapshot().State, after.Snapshot().Probes));
        Assert.Equal((true, false), (probers[0].Disposed, probers[1].Disposed));
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Apply_TargetsComeAndGo_SeriesFollow()
    {
        using var scheduler = _harness.CreateScheduler(_ => TestProber.Instant(_harness.Time), TestTargets.Create("a"), TestTargets.Create("b"));
        await scheduler.StartAsync(Cancelled);
        var diff = scheduler.Apply([TestTargets.Create("b"), TestTargets.Create("c")]);

        Assert.Equal((1, 0, 1, 1), (diff.Added.Length, diff.Changed.Length, diff.Removed.Length, diff.Unchanged));
        Assert.Equal(["b", "c"], _harness.Targets.Snapshots().Select(target => target.Config.Name), StringComparer.Ordinal);
        Assert.Contains("zmq_exporter_targets 2\n", await _harness.WriteMetricsAsync(), StringComparison.Ordinal);
        await scheduler.StopAsync(Cancelled);
    }

    // Else nothing would ever probe it again, and no series would say so.
    [Fact]
    public async Task Apply_RecordChangedButItsRunnerCouldNotBeStarted_IsTriedAgain()
    {
        var isBroken = false;
        using var scheduler = _harness.CreateScheduler(
            target =>
            {
                if (isBroken)
                {
                    _ = _harness.Targets.Set(target); // as far as it got
                    throw new NotSupportedException("no such prober");
                }

                return TestProber.Instant(_harness.Time);
            },
            TestTargets.Create("a"));
        await scheduler.StartAsync(Cancelled);
        TargetConfig[] wanted = [TestTargets.Create("a", interval: TimeSpan.FromSeconds(10))];
        isBroken = true;
        Assert.Throws<NotSupportedException>(() => scheduler.Apply(wanted));
        isBroken = false;

        Assert.Single(scheduler.Apply(wanted).Changed);
        Assert.True(scheduler.Apply(wanted).IsEmpty);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Apply_OneProberCannotBeMade_AllOthersAreChangedAndAddedAndTheNextApplyTriesAgain()
    {
        var isBroken = false;
        using var scheduler = _harness.CreateScheduler(
            target => isBroken && (target.Name is "a" or "c") ? throw new NotSupportedException("no such prober") : TestProber.Instant(_harness.Time),
            TestTargets.Create("a"), TestTargets.Create("b"));
        await scheduler.StartAsync(Cancelled);
        isBroken = true;
        var slow = TimeSpan.FromSeconds(10);
        TargetConfig[] wanted = [.. new[] { "a", "b", "c", "d" }.Select(name => TestTargets.Create(name, interval: slow))];

        Assert.Equal(2, Assert.Throws<AggregateException>(() => scheduler.Apply(wanted)).InnerExceptions.Count);
        Assert.Equal("a:1 b:10 d:10", Show());

        isBroken = false;
        scheduler.Apply(wanted);
        Assert.Equal("a:10 b:10 d:10 c:10", Show());
        await scheduler.StopAsync(Cancelled);

        string Show() => string.Join(' ', _harness.Targets.Configs().Select(config => $"{config.Name}:{config.Module.Interval.TotalSeconds}"));
    }

    [Fact]
    public async Task Apply_NewProberCannotBeMade_TheOldOneGoesOn()
    {
        var old = TestProber.Instant(_harness.Time);
        var isFirst = true;
        using var scheduler = _harness.CreateScheduler(
            _ =>
            {
                (var makes, isFirst) = (isFirst, false);
                return makes ? old : throw new NotSupportedException("no such prober");
            },
            TestTargets.Create("a"));
        await scheduler.StartAsync(Cancelled);
        Assert.Throws<NotSupportedException>(() => scheduler.Apply([TestTargets.Create("a", interval: TimeSpan.FromSeconds(10))]));

        await AdvanceAsync(scheduler, TimeSpan.FromSeconds(3));
        Assert.False(old.Disposed);
        Assert.Equal(3, _harness.Targets.Snapshots()[0].Probes);
        Assert.Equal(TimeSpan.FromSeconds(1), _harness.Targets.Snapshots()[0].Config.Module.Interval);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Apply_MemoryIsThereAgain_TargetsThatWereRefusedAreProbed()
    {
        var used = 0L;
        var memory = new MemoryGuard(limit: 1_600_000, () => used, () => { }, _harness.Time);
        var all = Enumerable.Range(0, 100).Select(i => TestTargets.Create($"t{i}")).ToArray();
        using var scheduler = _harness.CreateScheduler(
            _ =>
            {
                used += 10_000;
                return TestProber.Instant(_harness.Time);
            },
            memory,
            all);
        await scheduler.StartAsync(Cancelled);
        Assert.Equal(36, scheduler.Refused);

        var diff = scheduler.Apply(all); // nothing has changed, and nothing is said again
        Assert.Equal((true, 64), (diff.IsEmpty, diff.Unchanged));
        Assert.Single(_harness.Logs.GetSnapshot(), record => record.Message.Contains("not enough memory", StringComparison.Ordinal));

        await AdvanceAsync(scheduler, TimeSpan.FromSeconds(1)); // now they have taken what they will
        used = 0;
        diff = scheduler.Apply(all);

        Assert.Equal((36, 64), (diff.Added.Length, diff.Unchanged));
        Assert.Equal((0, 100), (scheduler.Refused, _harness.Targets.Count));
        Assert.Contains("zmq_exporter_targets_refused 0\n", await _harness.WriteMetricsAsync(), StringComparison.Ordinal);
        await scheduler.StopAsync(Cancelled);
    }

    private TestProber Add(List<TestProber> probers)
    {
        probers.Add(TestProber.Instant(_harness.Time));
        return probers[^1];
    }

    // Each step's probes have ended before the next one.
    private async Task AdvanceAsync(ProbeScheduler scheduler, TimeSpan duration)
    {
        var step = TimeSpan.FromMilliseconds(50);
        for (var passed = TimeSpan.Zero; passed < duration; passed += step)
        {
            await _harness.AdvanceAsync(step);
            await Eventually.TrueAsync(() => scheduler.Running == 0, "no probe runs");
        }
    }
}
