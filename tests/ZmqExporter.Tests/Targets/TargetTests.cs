using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;
using Zmtp;
using Zmtp.Timing;

namespace ZmqExporter.Tests.Targets;

public sealed class TargetTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void Record_MissThenAnswer_IsSuspectAndUpAgain()
    {
        var target = Create();
        Assert.Equal(new TargetTransition(TargetState.Unknown, TargetState.Up), target.Record(MetricsUnderTest.OnTime()));
        Assert.Equal(new TargetTransition(TargetState.Up, TargetState.Suspect), target.Record(MetricsUnderTest.Miss(FailureReason.Refused)));
        Assert.Equal(1, target.Snapshot().ConsecutiveMisses);
        Assert.False(target.Record(MetricsUnderTest.Miss(FailureReason.Refused)).IsChange);
        target.Record(MetricsUnderTest.OnTime());
        Assert.Equal((TargetState.Up, 0), (target.State, target.Snapshot().ConsecutiveMisses));
    }

    [Fact]
    public void Record_Values_AreThoseOfTheLastAcceptableReplyUntilItIsDown()
    {
        var value = new ValueConfig("app_depth", "Depth.", ValueKind.Gauge, SourceConfig.Of(0));
        var reply = MetricsUnderTest.OnTime() with { Values = new MessageValues([new ValueSample(value, [], 7)], Dropped: 2) };
        var target = Create();
        target.Record(reply);
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));

        Assert.Equal(TargetState.Suspect, target.State);
        Assert.Equal(7, Assert.Single(target.Snapshot().Values).Number);
        Assert.Equal(2, target.Snapshot().DroppedValues);

        while (target.State != TargetState.Down)
        {
            target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        }

        Assert.Empty(target.Snapshot().Values);

        target.Record(reply);
        target.Record(MetricsUnderTest.OnTime() with { Values = new MessageValues([], Dropped: 0) });
        Assert.Empty(target.Snapshot().Values); // the last reply did not have them
        target.Record(reply);
        target.Record(new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError });
        Assert.Empty(target.Snapshot().Values); // nobody knows
        Assert.Equal(6, target.Snapshot().DroppedValues);
    }

    // Ten thousand results that live until the next probe are what a collection would have to move, each time.
    [Fact]
    public void Record_AResult_KeepsItsFactsAndNotTheResult()
    {
        var target = Create();
        var (kept, expected) = RecordOne(target);
        GC.Collect();

        Assert.False(kept.IsAlive);
        Assert.Equal(expected, target.Snapshot().LastResult);

        [MethodImpl(MethodImplOptions.NoInlining)] // so that no variable holds it
        static (WeakReference Kept, LastResult Expected) RecordOne(Target target)
        {
            var result = MetricsUnderTest.OnTime() with { Found = "what was found" };
            target.Record(result);
            return (new WeakReference(result), LastResult.Of(result));
        }
    }

    [Fact]
    public void Record_EachOutcome_CountsItOnce()
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.OnTime(0.75) with { Outcome = ProbeOutcome.Late });
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.Record(new ProbeResult { Outcome = ProbeOutcome.LocalError, Reason = FailureReason.LocalError });
        target.Record(new ProbeResult { Outcome = ProbeOutcome.Pending });

        var snapshot = target.Snapshot();
        Assert.Equal((5, 1, 1), (snapshot.Probes, snapshot.Misses, snapshot.Late));
        Assert.Equal((1, 1), (snapshot.Failures[(int)FailureReason.Refused], snapshot.Failures[(int)FailureReason.LocalError]));
        Assert.Equal(2, snapshot.Failures.Sum());
        Assert.Equal(2, snapshot.RoundTrips!.Count);
        Assert.Equal(
            [ProbeOutcome.OnTime, ProbeOutcome.Late, ProbeOutcome.Miss, ProbeOutcome.LocalError, ProbeOutcome.Pending],
            target.Results().Select(recent => recent.Outcome));
    }

    [Fact]
    public void Record_MissWithoutAnswer_IsNotInTheHistogram()
    {
        var target = Create();
        target.Record(MetricsUnderTest.Miss(FailureReason.UnexpectedReply) with { RoundTrip = TimeSpan.FromSeconds(1) });
        Assert.Equal(0, target.Snapshot().RoundTrips!.Count);
        Assert.Null(target.Snapshot().LastSuccess);
    }

    [Fact]
    public void Record_PeerDoesNotSpeak_KeepsTheOneBefore()
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        Assert.Equal("REP", target.Snapshot().Peer?.SocketType);
    }

    [Fact]
    public void Snapshot_AfterMoreResults_IsUnchanged()
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        target.OnConnectionEvent(ConnectionEvent.Connected);
        var snapshot = target.Snapshot();
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.OnConnectionEvent(ConnectionEvent.Connected);

        Assert.Equal(1, snapshot.Probes);
        Assert.Equal(1, snapshot.RoundTrips!.Count);
        Assert.Equal(1, snapshot.ConnectionEvents.Sum());
        Assert.Equal(1, snapshot.StateChanges.Sum());
        Assert.Empty(snapshot.Failures);
    }

    [Theory]
    [InlineData("target")]
    [InlineData("le")]
    [InlineData("job")]
    [InlineData("version")]
    [InlineData("revision")]
    public void Create_ReservedLabel_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new Target(MetricsUnderTest.Target("orders", "ping", (name, "x")), _time));

    [Fact]
    public void Snapshot_DueTimeHasPassed_SaysForHowLong()
    {
        var target = Create();
        Assert.Equal(TimeSpan.Zero, target.Snapshot().Overdue);
        target.SetDue(Timestamp.Now(_time) + TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, target.Snapshot().Overdue);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(2), target.Snapshot().Overdue);
        target.SetIdle();
        Assert.Equal(TimeSpan.Zero, target.Snapshot().Overdue);
    }

    [Fact]
    public void OnSubscriptionRead_TwoBatches_AddsThemUpAndKeepsTheLastDelay()
    {
        var config = MetricsUnderTest.Target();
        var prober = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), []);
        var target = new Target(config with { Module = config.Module with { Prober = prober } }, _time);
        target.OnSubscriptionRead(new SubscriptionBatch(10, 640, new SequenceCounts(3, 2, 1, 4), TimeSpan.FromSeconds(0.125), _time.GetUtcNow()));
        target.OnSubscriptionRead(new SubscriptionBatch(1, 64, new SequenceCounts(1, 0, 0, 0), null, _time.GetUtcNow()));

        Assert.Equal(
            new SubscriptionCounters(11, 704, new SequenceCounts(4, 2, 1, 4), TimeSpan.FromSeconds(0.125), _time.GetUtcNow()),
            target.Snapshot().Subscription);
    }

    [Fact]
    public void Record_Lean_KeepsNeitherRoundTripsNorConnectionEvents()
    {
        var target = new Target(MetricsUnderTest.Target(), _time, MetricsDetail.Lean);
        target.Record(MetricsUnderTest.OnTime());
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        target.OnConnectionEvent(ConnectionEvent.Connected);
        target.Reconfigure(target.Config with { Module = target.Config.Module with { Buckets = [0.5] } });

        var snapshot = target.Snapshot();
        Assert.Null(snapshot.RoundTrips);
        Assert.Empty(snapshot.ConnectionEvents);
        Assert.Equal((2, 1), (snapshot.Probes, snapshot.Misses));
        Assert.Equal(1, snapshot.Failures[(int)FailureReason.Refused]);
    }

    [Fact]
    public void Snapshot_WithoutExponential_HasOnlyItsOwnBuckets()
    {
        var target = Create();
        target.Record(MetricsUnderTest.OnTime());
        Assert.Null(target.Snapshot().RoundTrips!.Exponential);
        Assert.Single(target.Snapshot(withExponential: true).RoundTrips!.Exponential!.Value.Buckets);
    }

    [Fact]
    public void Snapshot_CountsDoNotChange_SharesThem()
    {
        var target = Create();
        target.Record(MetricsUnderTest.Miss(FailureReason.Refused));
        var before = target.Snapshot();
        target.Record(MetricsUnderTest.OnTime());
        Assert.True(before.Failures == target.Snapshot().Failures, "the failures were copied");

        target.Record(MetricsUnderTest.Miss(FailureReason.ReplyTimeout));
        target.Record(MetricsUnderTest.Miss(FailureReason.ReplyTimeout));
        Assert.Equal((1, 0), (before.Failures[(int)FailureReason.Refused], before.Failures[(int)FailureReason.ReplyTimeout]));
        Assert.Equal(2, target.Snapshot().Failures[(int)FailureReason.ReplyTimeout]);
    }

    [Fact]
    public async Task Record_ManyThreads_EachSnapshotIsConsistent()
    {
        const int Threads = 4;
        const int Rounds = 2_000;
        var target = Create();
        var work = Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                target.Record(i % 2 == 0 ? MetricsUnderTest.OnTime() : MetricsUnderTest.Miss(FailureReason.Refused));
                target.OnStaleReply();
            }
        })));
        TargetSnapshot snapshot;
        do
        {
            snapshot = target.Snapshot();
            Assert.Equal(snapshot.Probes, snapshot.Misses + snapshot.RoundTrips!.Count);
            Assert.Equal(snapshot.Misses, snapshot.Failures.Sum());
        }
        while (!work.IsCompleted);

        await work;
        Assert.Equal((Threads * Rounds, Threads * Rounds), (target.Snapshot().Probes, target.Snapshot().StaleReplies));
    }

    private Target Create() => new(MetricsUnderTest.Target(), _time);
}
