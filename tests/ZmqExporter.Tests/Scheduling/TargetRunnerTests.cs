using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Scheduling;

public sealed class TargetRunnerTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RunnerHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task OnDue_Answers_ProbesOncePerInterval()
    {
        var prober = TestProber.Instant(_harness.Time);
        var runner = _harness.Start(prober);
        Assert.Equal(TargetState.Unknown, runner.Target.Snapshot().State);
        Assert.Null(runner.Target.Snapshot().LastProbe);
        await _harness.AdvanceAsync(20 * Interval, runner);
        var snapshot = runner.Target.Snapshot();
        Assert.Equal(TargetState.Up, snapshot.State);
        Assert.Equal(20, snapshot.Probes);
        Assert.Equal(0, snapshot.Skipped);
        Assert.Equal(LastResult.Of(TestProber.OnTime), snapshot.LastResult);
        Assert.InRange(snapshot.LastProbe!.Value, _harness.Time.GetUtcNow() - Interval, _harness.Time.GetUtcNow());
        Assert.InRange(snapshot.StateSince, _harness.Time.GetUtcNow() - (20 * Interval), _harness.Time.GetUtcNow() - (19 * Interval));
    }

    [Fact]
    public async Task OnDue_LastProbeStillRuns_SkipsAndNeverOverlaps()
    {
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(gate.Task));
        var runner = _harness.Start(prober);
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => prober.Starts.Count == 1, "the first probe starts");
        await _harness.AdvanceAsync(3 * Interval);
        Assert.Equal(3, runner.Target.Snapshot().Skipped);
        Assert.Equal(0, runner.Target.Snapshot().Probes);

        gate.SetResult(TestProber.OnTime);
        await Eventually.TrueAsync(() => runner.Target.Snapshot().Probes == 1, "the first probe ends");
        await _harness.AdvanceAsync(2 * Interval, runner);
        Assert.Equal(3, runner.Target.Snapshot().Probes);
        Assert.Equal(3, runner.Target.Snapshot().Skipped);
        Assert.False(prober.Overlapped);
    }

    [Fact]
    public async Task OnDue_ConnectionHeldBack_IsSkippedAndNothingIsRecorded()
    {
        var heldBack = new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError, Detail = "too many", IsHeldBack = true };
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, TestProber.OnTime, heldBack, heldBack, heldBack, TestProber.OnTime));
        await _harness.AdvanceAsync(4 * Interval, runner);
        var snapshot = runner.Target.Snapshot();
        Assert.Equal((TargetState.Up, 1, 3), (snapshot.State, snapshot.Probes, snapshot.Skipped));
        Assert.Equal(LastResult.Of(TestProber.OnTime), snapshot.LastResult);
        var metrics = await _harness.WriteMetricsAsync();
        Assert.Contains("zmq_exporter_probes_skipped_total 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("reason=\"local_error\"} 0\n", metrics, StringComparison.Ordinal);

        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal((2, 3), (runner.Target.Snapshot().Probes, runner.Target.Snapshot().Skipped));
    }

    [Fact]
    public async Task Overdue_ConnectionHeldBackAgainAndAgain_CountsFromTheFirstProbeThatWasNotMade()
    {
        var heldBack = ProbeResult.Local("too many", isHeldBack: true);
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, TestProber.OnTime, heldBack, heldBack, heldBack, heldBack, TestProber.OnTime));
        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal(TimeSpan.Zero, runner.Target.Snapshot().Overdue);

        await _harness.AdvanceAsync(4 * Interval, runner);
        Assert.Equal(4, runner.Target.Snapshot().Skipped);
        Assert.InRange(runner.Target.Snapshot().Overdue, 3 * Interval, 4 * Interval);

        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal((2, TimeSpan.Zero), (runner.Target.Snapshot().Probes, runner.Target.Snapshot().Overdue));
    }

    [Fact]
    public async Task Overdue_LastProbeStillRuns_CountsFromTheProbeThatWasSkipped()
    {
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(gate.Task));
        var runner = _harness.Start(prober);
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => prober.Starts.Count == 1, "the first probe starts");
        await _harness.AdvanceAsync(3 * Interval);
        Assert.InRange(runner.Target.Snapshot().Overdue, 2 * Interval, 3 * Interval);
        gate.SetResult(TestProber.OnTime);
    }

    [Fact]
    public async Task Dispose_AnotherRunnerHasTheRecord_LeavesItsDueTime()
    {
        var runner = _harness.Start(TestProber.Instant(_harness.Time));
        runner.Stop();
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var next = _harness.Start(new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(gate.Task)));
        Assert.Same(runner.Target, next.Target);
        runner.Dispose();
        await _harness.AdvanceAsync(3 * Interval);
        Assert.True(next.Target.Snapshot().Overdue > Interval);
        gate.SetResult(TestProber.OnTime);
    }

    [Fact]
    public async Task OnDue_OtherTargetHangs_IsNotDelayed()
    {
        var hanging = new TaskCompletionSource<ProbeResult>();
        _harness.Start(new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(hanging.Task)), TestTargets.Create("hanging"));
        var prober = TestProber.Instant(_harness.Time);
        var runner = _harness.Start(prober, TestTargets.Create("lively"));
        await _harness.AdvanceAsync(10 * Interval, runner);
        Assert.Equal(10, runner.Target.Snapshot().Probes);
        Assert.All(Gaps(prober), gap => Assert.Equal(1, gap, 0.02));
        hanging.SetResult(TestProber.OnTime);
    }

    [Fact]
    public async Task End_StateChanges_FollowsItsIntervalAndRejoinsTheGrid()
    {
        var policy = new PolicyConfig
        {
            DownAfter = 3,
            UpAfter = 2,
            SuspectInterval = TimeSpan.FromSeconds(1),
            DownInterval = TimeSpan.FromSeconds(7),
        };
        var (o, m) = (TestProber.OnTime, TestProber.Miss);
        var prober = TestProber.Sequence(_harness.Time, o, o, m, m, m, m, o, o, o);
        var runner = _harness.Start(prober, TestTargets.Create(interval: TimeSpan.FromSeconds(4), policy: policy));
        await _harness.AdvanceAsync(TimeSpan.FromSeconds(50), runner);

        // Up, up; suspect at the first miss; down at the third; up at the second answer: 4 + 1 + 1 + 7 + 7 + 7 = 27 s after the grid
        // point of the second probe, so the next point that is more than 2 s away is at 32 s.
        Assert.Equal([4, 4, 1, 1, 7, 7, 7, 5, 4], Gaps(prober).Take(9).Select(gap => Math.Round(gap)));
        Assert.Equal(TargetState.Up, runner.Target.Snapshot().State);
        Assert.Equal(0, runner.Target.Snapshot().Skipped);
    }

    [Fact]
    public async Task End_ChangeCallsForAnEarlierProbeThanNow_StartsItNow()
    {
        // The first miss takes longer than the suspect interval.
        var policy = new PolicyConfig { SuspectInterval = TimeSpan.FromSeconds(1) };
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(gate.Task));
        var runner = _harness.Start(prober, TestTargets.Create(interval: TimeSpan.FromSeconds(10), policy: policy));
        await _harness.AdvanceAsync(TimeSpan.FromSeconds(10));
        await Eventually.TrueAsync(() => prober.Starts.Count == 1, "the first probe starts");
        _harness.Time.Advance(TimeSpan.FromSeconds(3));
        gate.SetResult(TestProber.Miss);
        await Eventually.TrueAsync(() => prober.Starts.Count == 2, "the second probe starts without a move of the clock");
        await Eventually.TrueAsync(() => !runner.IsProbing, "it ends");
        Assert.Equal(0, runner.Target.Snapshot().Skipped);
    }

    [Fact]
    public async Task OnDue_AfterAStall_SkipsWhatPassedAndWaitsForItsPlace()
    {
        var prober = TestProber.Instant(_harness.Time);
        var runner = _harness.Start(prober);
        await _harness.AdvanceAsync(3 * Interval, runner);
        var lastBefore = prober.Starts.Last();

        _harness.Time.Advance(100.5 * Interval);
        Assert.False(runner.IsProbing);
        Assert.InRange(runner.Target.Snapshot().Skipped, 100, 101);
        Assert.Equal(3, runner.Target.Snapshot().Probes);

        await _harness.AdvanceAsync(2 * Interval, runner);
        Assert.Equal(5, runner.Target.Snapshot().Probes);
        Assert.InRange(runner.Target.Snapshot().Skipped, 100, 101);
        var gap = (prober.Starts.Last() - lastBefore).TotalSeconds;
        Assert.Equal(Math.Round(gap), gap, 0.02);
    }

    [Fact]
    public async Task OnDue_StalledAgainAndAgain_StillProbesEachOtherTime()
    {
        var prober = TestProber.Instant(_harness.Time);
        var runner = _harness.Start(prober);
        for (var i = 0; i < 10; i++)
        {
            _harness.Time.Advance(2.5 * Interval);
            await Eventually.TrueAsync(() => !runner.IsProbing, "the probe ends");
        }

        Assert.Equal(5, runner.Target.Snapshot().Probes);
        Assert.InRange(runner.Target.Snapshot().Probes + runner.Target.Snapshot().Skipped, 24, 25);
    }

    [Fact]
    public async Task Stop_ProbeRuns_RecordsNothingAnyMore()
    {
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var prober = new TestProber(_harness.Time, _ => new ValueTask<ProbeResult>(gate.Task));
        var runner = _harness.Start(prober);
        await _harness.AdvanceAsync(Interval);
        await Eventually.TrueAsync(() => prober.Starts.Count == 1, "the probe starts");
        runner.Stop();
        gate.SetResult(TestProber.OnTime);
        await Eventually.TrueAsync(() => !runner.IsProbing, "the probe ends");
        await _harness.AdvanceAsync(3 * Interval);
        Assert.Null(runner.Target.Snapshot().LastResult);
        Assert.Equal(TargetState.Unknown, runner.Target.Snapshot().State);
        Assert.Single(prober.Starts);
        Assert.Empty(_harness.Logs.GetSnapshot());
    }

    [Fact]
    public void Dispose_Twice_DisposesTheProberOnce()
    {
        var prober = TestProber.Instant(_harness.Time);
        var runner = _harness.Start(prober);
        runner.Dispose();
        runner.Dispose();
        Assert.True(prober.Disposed);
        Assert.Equal(0, _harness.Timers.Count);
    }

    private static IEnumerable<double> Gaps(TestProber prober) =>
        prober.Starts.Zip(prober.Starts.Skip(1), (start, next) => (next - start).TotalSeconds);
}
