using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Catalog;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Metrics;

public sealed class TargetSeriesTests
{
    [Fact]
    public async Task Write_UnknownAnswers_HidesTheQuestions()
    {
        var test = new MetricsUnderTest();
        var target = test.Targets.Set(MetricsUnderTest.Target());
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetReachable));

        target.Record(MetricsUnderTest.OnTime());
        Assert.Equal("{target=\"orders\",module=\"ping\"} 1", Assert.Single(await test.SamplesAsync(MetricNames.TargetReady)));

        target.Record(MetricsUnderTest.Miss(FailureReason.ReplyTimeout, reachable: true, responsive: null));
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetReady));
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetResponsive));
        Assert.EndsWith(" 1", Assert.Single(await test.SamplesAsync(MetricNames.TargetReachable)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_PhaseNotReached_HidesIt()
    {
        var test = new MetricsUnderTest();
        var target = test.Targets.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.OnTime());
        Assert.Equal(4, (await test.SamplesAsync(MetricNames.ProbeLastDuration)).Length);

        target.Record(MetricsUnderTest.Miss(FailureReason.Refused) with { Phases = new PhaseDurations(TimeSpan.FromSeconds(0.5), null, null, null, null) });
        Assert.Equal(
            "{target=\"orders\",module=\"ping\",phase=\"resolve\"} 0.5", Assert.Single(await test.SamplesAsync(MetricNames.ProbeLastDuration)));
    }

    [Fact]
    public async Task Write_LocalError_IsAFailureButNoMiss()
    {
        var test = new MetricsUnderTest();
        var target = test.Targets.Set(MetricsUnderTest.Target());
        target.Record(new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError });

        Assert.Equal("{target=\"orders\",module=\"ping\"} 1", Assert.Single(await test.SamplesAsync(MetricNames.Probes)));
        Assert.Equal("{target=\"orders\",module=\"ping\"} 0", Assert.Single(await test.SamplesAsync(MetricNames.ProbeMisses)));
        Assert.Contains("{target=\"orders\",module=\"ping\",reason=\"local_error\"} 1", await test.SamplesAsync(MetricNames.ProbeFailures), StringComparer.Ordinal);
        Assert.Empty(await test.SamplesAsync(MetricNames.ProbeLastSuccessTimestamp));
    }

    [Fact]
    public async Task Write_LastProbeFailed_SaysWhyUntilOneIsAnswered()
    {
        var test = new MetricsUnderTest(MetricsDetail.Lean);
        var target = test.Targets.Set(MetricsUnderTest.Target());
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetFailing));

        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.Record(MetricsUnderTest.Miss(FailureReason.ConnectTimeout));
        Assert.Equal("{target=\"orders\",module=\"ping\",reason=\"connect_timeout\"} 1", Assert.Single(await test.SamplesAsync(MetricNames.TargetFailing)));

        target.Record(MetricsUnderTest.OnTime());
        Assert.Empty(await test.SamplesAsync(MetricNames.TargetFailing));
    }

    [Fact]
    public async Task Write_EachState_IsTheOnlyOne()
    {
        var test = new MetricsUnderTest();
        var target = test.Targets.Set(MetricsUnderTest.Target());
        var late = MetricsUnderTest.OnTime(0.75) with { Outcome = ProbeOutcome.Late };
        var miss = MetricsUnderTest.Miss(FailureReason.Refused);
        foreach (var (result, after) in new[]
        {
            (MetricsUnderTest.OnTime(), TargetState.Up), (late, TargetState.Up), (late, TargetState.Degraded),
            (miss, TargetState.Suspect), (miss, TargetState.Suspect), (miss, TargetState.Down),
            (new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError }, TargetState.Unknown),
        })
        {
            target.Record(result);
            var samples = await test.SamplesAsync(MetricNames.TargetState);
            Assert.Equal(5, samples.Length);
            Assert.Contains(
                $"state=\"{after.Label()}\"", Assert.Single(samples, sample => sample.EndsWith(" 1", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(MetricsDetail.Full)]
    [InlineData(MetricsDetail.Standard)]
    [InlineData(MetricsDetail.Lean)]
    internal async Task Write_TargetRemoved_HasNoSeriesOfIt(MetricsDetail detail)
    {
        var test = new MetricsUnderTest(detail);
        var empty = await test.ScrapeAsync();
        var target = test.Targets.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.OnTime());
        test.Targets.Remove(target.Key);
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.OnConnectionEvent(ConnectionEvent.Closed);
        Assert.Equal(empty, await test.ScrapeAsync());
    }

    [Theory]
    [InlineData(MetricsDetail.Full, 5, 17, 7)]
    [InlineData(MetricsDetail.Standard, 2, 1, 1)]
    [InlineData(MetricsDetail.Lean, 0, 1, 0)]
    internal async Task Write_CountsByKind_AreThereFromTheStartOnlyInFull(MetricsDetail detail, int changes, int reasons, int events)
    {
        var test = new MetricsUnderTest(detail);
        var target = test.Targets.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.OnConnectionEvent(ConnectionEvent.Connected);
        Assert.Equal(changes, (await test.SamplesAsync(MetricNames.TargetStateChanges)).Length);
        Assert.Equal(reasons, (await test.SamplesAsync(MetricNames.ProbeFailures)).Length);
        Assert.Equal(events, (await test.SamplesAsync(MetricNames.ConnectionEvents)).Length);
    }

    [Fact]
    public async Task Write_WholeBound_IsWrittenAlikeInBothTextFormats()
    {
        var test = new MetricsUnderTest();
        var config = MetricsUnderTest.Target();
        test.Targets.Set(config with { Module = config.Module with { Buckets = [0.00005, 0.5, 1, 10] } });
        string[] expected = ["5e-05", "0.5", "1.0", "10.0", "+Inf"];
        foreach (var format in new[] { MetricsFormat.Text, MetricsFormat.OpenMetrics })
        {
            var bounds = (await test.ScrapeAsync(format)).Split('\n')
                .Where(line => line.StartsWith(MetricNames.ProbeDuration + "_bucket", StringComparison.Ordinal))
                .Select(line => line.Split(",le=\"")[1].Split('"')[0]);
            Assert.Equal(expected, bounds, StringComparer.Ordinal);
        }
    }
}
