using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Limits;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>Targets are added and removed, or cannot be.</summary>
public sealed class ProbeSchedulerChangeTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RunnerHarness _harness = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task StartAsync_NoMemoryForAll_ThoseBeforeRunAndTheOthersAreNamed()
    {
        var used = 0L;
        var memory = new MemoryGuard(limit: 1_600_000, () => used, () => { }, _harness.Time);
        using var scheduler = _harness.CreateScheduler(
            _ =>
            {
                used += 10_000;
                return TestProber.Instant(_harness.Time);
            },
            memory,
            [.. Enumerable.Range(0, 200).Select(i => TestTargets.Create($"t{i}"))]);

        await scheduler.StartAsync(Cancelled);

        Assert.Equal(64, _harness.Targets.Count); // half of it is for targets and what they grow by, and it looks at every 32nd
        var record = Assert.Single(_harness.Logs.GetSnapshot(), record => record.Message.Contains("not enough memory", StringComparison.Ordinal));
        Assert.StartsWith("t64/", record.GetStructuredStateValue("names"), StringComparison.Ordinal);
        Assert.EndsWith(", and more", record.GetStructuredStateValue("names"), StringComparison.Ordinal);
        var scrape = await _harness.WriteMetricsAsync();
        Assert.Contains("zmq_exporter_targets 64\n", scrape, StringComparison.Ordinal);
        Assert.Contains("zmq_exporter_targets_refused 136\n", scrape, StringComparison.Ordinal);
        await scheduler.StopAsync(Cancelled);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Add_ProberCannotBeMade_KeepsOnlyWhatWasKnown(bool isKnown, int targets)
    {
        var config = TestTargets.Create();
        if (isKnown)
        {
            _harness.Targets.Set(config).OnStaleReply();
        }

        using var scheduler = _harness.CreateScheduler(_ => throw new NotSupportedException("no such prober"));
        await scheduler.StartAsync(Cancelled);
        Assert.Throws<NotSupportedException>(() => scheduler.Add([config]));

        Assert.Equal(targets, _harness.Targets.Snapshots().Count(target => target.StaleReplies == 1));
        Assert.Equal(targets, _harness.Targets.Count);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Add_RunnerCannotBeMade_DisposesItsProber()
    {
        var time = new BrokenTime();
        using var harness = new RunnerHarness(time);
        var prober = TestProber.Instant(time);
        using var scheduler = harness.CreateScheduler(_ =>
        {
            time.BrokenOn = Environment.CurrentManagedThreadId;
            return prober;
        });
        await scheduler.StartAsync(Cancelled);

        Assert.Throws<InsufficientMemoryException>(() => scheduler.Add([TestTargets.Create()]));

        time.BrokenOn = 0;
        Assert.True(prober.Disposed);
        Assert.Equal(0, harness.Targets.Count);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Add_ThrowsAtTheSecondTarget_CountsTheFirst()
    {
        using var scheduler = _harness.CreateScheduler(
            target => target.Name == "b" ? throw new NotSupportedException("no such prober") : TestProber.Instant(_harness.Time));
        await scheduler.StartAsync(Cancelled);

        Assert.Throws<NotSupportedException>(() => scheduler.Add([TestTargets.Create("a"), TestTargets.Create("b")]));

        Assert.Contains("zmq_exporter_targets 1\n", await _harness.WriteMetricsAsync(), StringComparison.Ordinal);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Remove_TargetThatWasRefused_IsNotCountedAnyMore()
    {
        var memory = new MemoryGuard(limit: 1_600_000, () => 0, () => { }, _harness.Time);
        using var scheduler = _harness.CreateScheduler(
#pragma warning disable MA0012 // The runtime's part.
            _ => throw new InsufficientMemoryException(),
#pragma warning restore MA0012
            memory,
            TestTargets.Create("a"),
            TestTargets.Create("b"));
        await scheduler.StartAsync(Cancelled);
        Assert.Contains("zmq_exporter_targets_refused 2\n", await _harness.WriteMetricsAsync(), StringComparison.Ordinal);

        Assert.False(scheduler.Remove(TargetKey.Of(TestTargets.Create("a"))));
        Assert.Contains("zmq_exporter_targets_refused 1\n", await _harness.WriteMetricsAsync(), StringComparison.Ordinal);

        scheduler.Add([TestTargets.Create("b")]);
        Assert.Contains("zmq_exporter_targets_refused 1\n", await _harness.WriteMetricsAsync(), StringComparison.Ordinal);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task StartAsync_AllocationThatFails_RefusesThatTargetAndThoseAfterIt()
    {
        var memory = new MemoryGuard(limit: 1_600_000, () => 0, () => { }, _harness.Time);
        using var scheduler = _harness.CreateScheduler(
#pragma warning disable MA0012 // The runtime's part.
            target => target.Name == "b" ? throw new InsufficientMemoryException() : TestProber.Instant(_harness.Time),
#pragma warning restore MA0012
            memory,
            TestTargets.Create("a"),
            TestTargets.Create("b"),
            TestTargets.Create("c"));

        await scheduler.StartAsync(Cancelled);

        Assert.Equal("a", Assert.Single(_harness.Targets.Snapshots()).Config.Name);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Remove_Target_EndsItsProbesAndOnlyThose()
    {
        var probers = new Dictionary<string, TestProber>(StringComparer.Ordinal);
        var (kept, removed) = (TestTargets.Create("kept"), TestTargets.Create("removed"));
        using var scheduler = _harness.CreateScheduler(
            target => probers[target.Name] = TestProber.Instant(_harness.Time), kept, removed);
        await scheduler.StartAsync(Cancelled);
        Assert.True(scheduler.Remove(TargetKey.Of(removed)));
        Assert.False(scheduler.Remove(TargetKey.Of(removed)));
        for (var probes = 1; probes <= 2; probes++)
        {
            await _harness.AdvanceAsync(Interval);
            await Eventually.TrueAsync(() => _harness.Targets.Snapshots().Single().Probes == probes, "the other one is probed");
        }

        Assert.Empty(probers["removed"].Starts);
        Assert.True(probers["removed"].Disposed);
        Assert.Equal("kept", Assert.Single(_harness.Targets.Snapshots()).Config.Name);
        await scheduler.StopAsync(Cancelled);
    }

    [Fact]
    public async Task Add_TargetThatRuns_IsRefusedBeforeAnythingIsMade()
    {
        var made = 0;
        using var scheduler = _harness.CreateScheduler(
            _ =>
            {
                made++;
                return TestProber.Instant(_harness.Time);
            },
            TestTargets.Create());
        await scheduler.StartAsync(Cancelled);
        var refused = Assert.Throws<ArgumentException>(() => scheduler.Add([TestTargets.Create()]));
        Assert.Contains("orders/ping runs already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, made);
        scheduler.Add([TestTargets.Create(module: "transport")]);
        Assert.Equal(2, _harness.Targets.Count);
        await scheduler.StopAsync(Cancelled);
    }

    /// <summary>Stands for an allocation that fails: what a runner does first with the memory it gets is to look at the clock.</summary>
    private sealed class BrokenTime : FakeTimeProvider
    {
        public int BrokenOn { get; set; }

#pragma warning disable MA0012, RS0030 // The runtime's part, and what everybody else gets.
        public override long GetTimestamp() =>
            Environment.CurrentManagedThreadId == BrokenOn ? throw new InsufficientMemoryException() : base.GetTimestamp();
#pragma warning restore MA0012, RS0030
    }
}
