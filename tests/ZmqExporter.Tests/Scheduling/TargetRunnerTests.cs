using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

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
        Assert.Same(TestProber.OnTime, snapshot.LastResult);
        Assert.InRange(snapshot.LastProbe!.Value, _harness.Time.GetUtcNow() - Interval, _harness.Time.GetUtcNow());
        Assert.InRange(snapshot.StateSince, _harness.Time.GetUtcNow() - (20 * Interval), _harness.Time.GetUtcNow() - (19 * Interval));
    }

    [Fact]
    public async Task End_LateProbe_IsADebugLineWithItsWords()
    {
        var late = TestProber.OnTime with { Outcome = ProbeOutcome.Late, Detail = "the reply came late: 1.2 s" };
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, TestProber.OnTime, late, TestProber.OnTime));
        await _harness.AdvanceAsync(3 * Interval, runner);

        var line = Assert.Single(_harness.Logs.GetSnapshot(), record => record.Message == "probe late");
        Assert.Equal((LogLevel.Debug, late.Detail), (line.Level, line.GetStructuredStateValue("detail")));
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
        Assert.Same(TestProber.OnTime, snapshot.LastResult);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProbeAsync_Throws_IsALocalErrorAndTheTargetGoesOn(bool atOnce)
    {
        var calls = 0;
        var prober = new TestProber(_harness.Time, async _ =>
        {
            if (++calls == 2)
            {
                await (atOnce ? Task.CompletedTask : Task.Run(() => { }, CancellationToken.None));
                throw new InvalidOperationException("a bug");
            }

            return TestProber.OnTime;
        });
        var runner = _harness.Start(prober);
        await _harness.AdvanceAsync(2 * Interval, runner);
        var snapshot = runner.Target.Snapshot();
        Assert.Equal(TargetState.Unknown, snapshot.State);
        Assert.Equal(ProbeOutcome.LocalError, snapshot.LastResult!.Outcome);
        Assert.Equal(FailureReason.LocalError, snapshot.LastResult.Reason);
        Assert.Contains("InvalidOperationException: a bug", snapshot.LastResult.Detail, StringComparison.Ordinal);
        Assert.Contains("bug", Assert.Single(_harness.Logged(LogLevel.Error)), StringComparison.Ordinal);

        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal(TargetState.Up, runner.Target.Snapshot().State);
        Assert.Equal(3, runner.Target.Snapshot().Probes);
    }

    // At a limit of files it would be a line for each of ten thousand targets.
    [Fact]
    public async Task End_TargetsThatCannotBeProbedForOneReason_AreOneLine()
    {
        var runners = Enumerable.Range(0, 5).Select(number => _harness.Start(
            new TestProber(_harness.Time, _ => ValueTask.FromResult(new ProbeResult
            {
                Outcome = ProbeOutcome.LocalError,
                Reason = FailureReason.LocalError,
                Detail = $"{number} of 64 are in use",
            })),
            TestTargets.Create($"t{number}"))).ToArray();

        await _harness.AdvanceAsync(2 * Interval, runners);

        Assert.Equal("target is unknown", Assert.Single(_harness.Logged(LogLevel.Warning)));
    }

    [Fact]
    public async Task CheckStuck_ProbeOutlivesItsTimeout_IsSaidAndRecordedOnce()
    {
        var gate = new TaskCompletionSource<ProbeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        var answer = TestProber.OnTime with { Reachable = true, Responsive = true, Ready = true };
        var prober = new TestProber(
            _harness.Time, _ => ++calls == 2 ? new ValueTask<ProbeResult>(gate.Task) : ValueTask.FromResult(answer));
        var runner = _harness.Start(prober);
        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal(TargetState.Up, runner.Target.Snapshot().State);
        Assert.NotEmpty(await _harness.TargetSamplesAsync("zmq_target_ready"));

        await _harness.AdvanceAsync(Interval);
        Assert.True(runner.IsProbing);
        Assert.False(runner.CheckStuck());
        await _harness.AdvanceAsync(TimeSpan.FromSeconds(4.4));
        Assert.False(runner.CheckStuck());
        Assert.Equal(TargetState.Up, runner.Target.Snapshot().State);

        await _harness.AdvanceAsync(TimeSpan.FromSeconds(1.2));
        Assert.True(runner.CheckStuck());
        Assert.True(runner.CheckStuck());
        Assert.Contains("stuck", Assert.Single(_harness.Logged(LogLevel.Error)), StringComparison.Ordinal);
        Assert.Equal(TargetState.Unknown, runner.Target.Snapshot().State);
        Assert.Equal(FailureReason.LocalError, runner.Target.Snapshot().LastResult!.Reason);
        Assert.Equal(2, runner.Target.Snapshot().Probes);
        Assert.True(runner.IsProbing);
        Assert.Empty(await _harness.TargetSamplesAsync("zmq_target_reachable"));
        Assert.Empty(await _harness.TargetSamplesAsync("zmq_target_responsive"));
        Assert.Empty(await _harness.TargetSamplesAsync("zmq_target_ready"));
        await _harness.AdvanceAsync(Interval);
        Assert.False(prober.Overlapped);

        gate.SetResult(TestProber.Miss);
        await Eventually.TrueAsync(() => !runner.IsProbing, "the probe ends");
        Assert.False(runner.CheckStuck());
        Assert.Equal(2, runner.Target.Snapshot().Probes);
        Assert.Equal(FailureReason.LocalError, runner.Target.Snapshot().LastResult!.Reason);

        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal(TargetState.Up, runner.Target.Snapshot().State);
        Assert.Equal(3, runner.Target.Snapshot().Probes);
        Assert.NotEmpty(await _harness.TargetSamplesAsync("zmq_target_ready"));
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

    [Fact]
    public async Task End_Results_AreLoggedByWhatTheyMean()
    {
        var (o, m) = (TestProber.OnTime, TestProber.Miss);
        var late = new ProbeResult { Outcome = ProbeOutcome.Late, Detail = "the reply took 700 ms" };
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, o, m, m, m, m, late, late));
        await _harness.AdvanceAsync(7 * Interval, runner);
        Assert.Equal(
            [
                "Information: target is up (orders, ping, was unknown) : ",
                "Information: target is suspect (orders, ping, was up) reply_timeout: no reply within 500 ms",
                "Warning: target is down (orders, ping, was suspect) reply_timeout: no reply within 500 ms",
                "Information: target is degraded (orders, ping, was down) : the reply took 700 ms",
            ],
            Lines(),
            StringComparer.Ordinal);
        Assert.Equal(
            ["probe failed", "probe failed", "probe failed", "probe failed", "probe late", "probe late"],
            _harness.Logged(LogLevel.Debug),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task End_ReasonChangesWithinAnOutage_IsOneLineAMinuteWithTheCountOfTheOthers()
    {
        var (o, m) = (TestProber.OnTime, TestProber.Miss);
        var refused = new ProbeResult { Outcome = ProbeOutcome.Miss, Reason = FailureReason.Refused, Detail = "connection refused" };
        var changing = Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? refused : m);
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, [o, m, refused, refused, .. changing, o]));
        await _harness.AdvanceAsync(65 * Interval, runner);
        Assert.Equal(
            [
                "Information: target is up (orders, ping, was unknown) : ",
                "Information: target is suspect (orders, ping, was up) reply_timeout: no reply within 500 ms",
                "Information: target is still suspect (orders, ping, was ) refused: connection refused",
                "Warning: target is down (orders, ping, was suspect) refused: connection refused",
                "Warning: target is still down (orders, ping, was ) reply_timeout: no reply within 500 ms left out 58",
            ],
            Lines(),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Snapshot_GoesBackAndForth_IsFlappingUntilTheWindowIsOver()
    {
        var policy = new PolicyConfig { DownAfter = 1, UpAfter = 1, FlappingChanges = 3, FlappingWindow = TimeSpan.FromSeconds(10) };
        var (o, m) = (TestProber.OnTime, TestProber.Miss);
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, o, m, o, m, o), TestTargets.Create(policy: policy));
        await _harness.AdvanceAsync(3 * Interval, runner);
        Assert.False(runner.Target.Snapshot().Flapping);
        await _harness.AdvanceAsync(2 * Interval, runner);
        Assert.True(runner.Target.Snapshot().Flapping);
        await _harness.AdvanceAsync(10 * Interval, runner);
        Assert.False(runner.Target.Snapshot().Flapping);
    }

    private static IEnumerable<double> Gaps(TestProber prober) =>
        prober.Starts.Zip(prober.Starts.Skip(1), (start, next) => (next - start).TotalSeconds);

    private IEnumerable<string> Lines() =>
        from record in _harness.Logs.GetSnapshot()
        where record.Level >= LogLevel.Information
        let value = (Func<string, string?>)record.GetStructuredStateValue
        let leftOut = value("reasonChangesLeftOut") is { } count ? $" left out {count}" : ""
        select $"{record.Level}: {record.Message} ({value("target")}, {value("module")}, was {value("before")}) {value("reason")}: {value("detail")}{leftOut}";
}
