using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Metrics;

public sealed class TargetInstrumentsTests
{
    private static readonly PolicyState Unknown = MetricsUnderTest.State(TargetState.Unknown);
    private static readonly PolicyState Up = MetricsUnderTest.State(TargetState.Up);

    [Fact]
    public async Task Record_UnknownAnswers_HidesTheQuestions()
    {
        var test = new MetricsUnderTest();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetReachable));

        target.RecordProbe(MetricsUnderTest.OnTime(), Unknown, Up, flapping: false);
        Assert.Equal("{target=\"orders\",module=\"ping\"} 1", Assert.Single(await test.SamplesAsync(MetricNames.TargetReady)));

        target.RecordProbe(MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true, responsive: null), Up, Up, flapping: false);
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetReady));
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetResponsive));
        Assert.EndsWith(" 1", Assert.Single(await test.SamplesAsync(MetricNames.TargetReachable)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_PhaseNotReached_HidesIt()
    {
        var test = new MetricsUnderTest();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        target.RecordProbe(MetricsUnderTest.OnTime(), Unknown, Up, flapping: false);
        Assert.Equal(4, (await test.SamplesAsync(MetricNames.ProbeLastDuration)).Length);

        var refused = MetricsUnderTest.Miss(FailureReason.Refused) with { Phases = new PhaseDurations(TimeSpan.FromSeconds(0.5), null, null, null, null) };
        target.RecordProbe(refused, Up, Up, flapping: false);
        Assert.Equal(
            "{target=\"orders\",module=\"ping\",phase=\"resolve\"} 0.5", Assert.Single(await test.SamplesAsync(MetricNames.ProbeLastDuration)));
    }

    [Fact]
    public async Task Record_LocalError_IsAFailureButNoMiss()
    {
        var test = new MetricsUnderTest();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        target.RecordProbe(new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError }, Up, Unknown, flapping: false);

        Assert.Equal("{target=\"orders\",module=\"ping\"} 1", Assert.Single(await test.SamplesAsync(MetricNames.Probes)));
        Assert.Equal("{target=\"orders\",module=\"ping\"} 0", Assert.Single(await test.SamplesAsync(MetricNames.ProbeMisses)));
        Assert.Contains("{target=\"orders\",module=\"ping\",reason=\"local_error\"} 1", await test.SamplesAsync(MetricNames.ProbeFailures), StringComparer.Ordinal);
        Assert.Empty(await test.SamplesAsync(MetricNames.ProbeLastSuccessTimestamp));
    }

    [Fact]
    public async Task Record_MissWithoutAnswer_IsNotInTheHistogram()
    {
        var test = new MetricsUnderTest();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        var unexpected = MetricsUnderTest.Miss(FailureReason.UnexpectedReply) with { RoundTrip = TimeSpan.FromSeconds(1) };
        target.RecordProbe(unexpected, Up, Up, flapping: false);
        Assert.EndsWith(" 0", Assert.Single(await test.SamplesAsync(MetricNames.ProbeDuration + "_count")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_EveryTransition_LeavesExactlyOneState()
    {
        var test = new MetricsUnderTest();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        foreach (var before in Enum.GetValues<TargetState>())
        {
            foreach (var after in Enum.GetValues<TargetState>())
            {
                target.RecordProbe(MetricsUnderTest.OnTime(), MetricsUnderTest.State(before), MetricsUnderTest.State(after), flapping: false);
                var samples = await test.SamplesAsync(MetricNames.TargetState);
                Assert.Equal(5, samples.Length);
                Assert.Contains(
                    $"state=\"{after.ToString().ToLowerInvariant()}\"",
                    Assert.Single(samples, sample => sample.EndsWith(" 1", StringComparison.Ordinal)),
                    StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(MetricsDetail.Full)]
    [InlineData(MetricsDetail.Lean)]
    internal async Task Dispose_ThenLateRecords_LeavesNoSeries(MetricsDetail detail)
    {
        var test = new MetricsUnderTest(detail);
        var empty = await test.ScrapeAsync();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        target.RecordProbe(MetricsUnderTest.OnTime(), Unknown, Up, flapping: false);

        target.Dispose();
        Assert.Equal(empty, await test.ScrapeAsync());

        // What creates series late: a new peer, and with lean detail a new reason.
        target.RecordProbe(MetricsUnderTest.OnTime() with { Peer = MetricsUnderTest.Peer(0) }, Up, Up, flapping: true);
        target.RecordProbe(MetricsUnderTest.Miss(FailureReason.Refused), Up, Up, flapping: true);
        target.OnConnectionEvent(Zmtp.ConnectionEvent.Closed);
        target.OnStaleReply();
        target.Dispose();
        Assert.Equal(empty, await test.ScrapeAsync());
    }

    [Fact]
    public async Task CreateTarget_Again_TakesTheSeriesOver()
    {
        var test = new MetricsUnderTest();
        var old = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        old.RecordProbe(MetricsUnderTest.OnTime(), Unknown, Up, flapping: false);

        var fresh = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        old.RecordProbe(MetricsUnderTest.OnTime(), Unknown, Up, flapping: false);
        old.OnStaleReply();
        old.Dispose();
        fresh.RecordProbe(MetricsUnderTest.OnTime(), Unknown, Up, flapping: false);

        Assert.EndsWith(" 1", Assert.Single(await test.SamplesAsync(MetricNames.Probes)), StringComparison.Ordinal);
        Assert.EndsWith(" 0", Assert.Single(await test.SamplesAsync(MetricNames.ProbeStaleReplies)), StringComparison.Ordinal);
        fresh.Dispose();
        Assert.Empty(await test.SamplesAsync(MetricNames.Probes));
    }

    [Fact]
    public async Task CreateAndDispose_ManyThreads_LeavesNoSeries()
    {
        var test = new MetricsUnderTest(MetricsDetail.Lean);
        var empty = await test.ScrapeAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 300; i++)
            {
                using var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
                target.RecordProbe(MetricsUnderTest.Miss(FailureReason.Refused), Up, Up, flapping: false);
            }
        })));
        Assert.Equal(empty, await test.ScrapeAsync());
    }

    [Fact]
    public async Task Record_ManyThreadsWhileScraping_CountsExactly()
    {
        const int Threads = 8;
        const int Rounds = 2_000;
        var test = new MetricsUnderTest();
        var target = test.Exporter.CreateTarget(MetricsUnderTest.Target());
        var work = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var minor = (thread + i) % 3; // the peer's series comes and goes all the time
                target.RecordProbe(MetricsUnderTest.OnTime(0.5) with { Peer = MetricsUnderTest.Peer(minor) }, Unknown, Up, flapping: false);
                target.OnStaleReply();
                target.OnConnectionEvent(Zmtp.ConnectionEvent.Connected);
            }
        })));
        do
        {
            await test.ScrapeAllAsync();
        }
        while (!work.IsCompleted);

        await work;
        const string Total = " 16000";
        Assert.EndsWith(Total, Assert.Single(await test.SamplesAsync(MetricNames.Probes)), StringComparison.Ordinal);
        Assert.EndsWith(Total, Assert.Single(await test.SamplesAsync(MetricNames.ProbeStaleReplies)), StringComparison.Ordinal);
        Assert.EndsWith(Total, Assert.Single(await test.SamplesAsync(MetricNames.ProbeDuration + "_count")), StringComparison.Ordinal);
        Assert.EndsWith(" 8000", Assert.Single(await test.SamplesAsync(MetricNames.ProbeDuration + "_sum")), StringComparison.Ordinal);
        Assert.Single(await test.SamplesAsync(MetricNames.PeerInfo));
        Assert.Contains("{target=\"orders\",module=\"ping\",event=\"connected\"} 16000", await test.SamplesAsync(MetricNames.ConnectionEvents), StringComparer.Ordinal);
    }
}
