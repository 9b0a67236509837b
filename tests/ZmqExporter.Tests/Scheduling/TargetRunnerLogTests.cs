using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>What becomes of results: what is logged, what is counted.</summary>
public sealed class TargetRunnerLogTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RunnerHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task End_LateProbe_IsADebugLineWithItsWords()
    {
        var late = TestProber.OnTime with { Outcome = ProbeOutcome.Late, Detail = "the reply came late: 1.2 s" };
        var runner = _harness.Start(TestProber.Sequence(_harness.Time, TestProber.OnTime, late, TestProber.OnTime));
        await _harness.AdvanceAsync(3 * Interval, runner);

        var line = Assert.Single(_harness.Logs.GetSnapshot(), record => record.Message == "probe late");
        Assert.Equal((LogLevel.Debug, late.Detail), (line.Level, line.GetStructuredStateValue("detail")));
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
        Assert.Equal(ProbeOutcome.LocalError, snapshot.LastResult!.Value.Outcome);
        Assert.Equal(FailureReason.LocalError, snapshot.LastResult.Value.Reason);
        Assert.Contains("InvalidOperationException: a bug", snapshot.LastResult.Value.Detail, StringComparison.Ordinal);
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
        Assert.Equal(FailureReason.LocalError, runner.Target.Snapshot().LastResult!.Value.Reason);
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
        Assert.Equal(FailureReason.LocalError, runner.Target.Snapshot().LastResult!.Value.Reason);

        await _harness.AdvanceAsync(Interval, runner);
        Assert.Equal(TargetState.Up, runner.Target.Snapshot().State);
        Assert.Equal(3, runner.Target.Snapshot().Probes);
        Assert.NotEmpty(await _harness.TargetSamplesAsync("zmq_target_ready"));
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

    private IEnumerable<string> Lines() =>
        from record in _harness.Logs.GetSnapshot()
        where record.Level >= LogLevel.Information
        let value = (Func<string, string?>)record.GetStructuredStateValue
        let leftOut = value("reasonChangesLeftOut") is { } count ? $" left out {count}" : ""
        select $"{record.Level}: {record.Message} ({value("target")}, {value("module")}, was {value("before")}) {value("reason")}: {value("detail")}{leftOut}";
}
