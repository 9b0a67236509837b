using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics;
using ZmqExporter.Persistence;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Scheduling;
using Zmtp;

namespace ZmqExporter.Tests.Persistence;

public sealed class StateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("zmq_exporter-state-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeLogCollector _logs = new();
    private StateKeeper? _saved;

    private string StatePath => Path.Combine(_directory, "state.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Restart_InMidOutage_GoesOnWhereItWas()
    {
        var before = Target(Restart(), "a");
        before.Record(Answer(0.01));
        before.Record(Answer(0.02));
        before.OnConnectionEvent(ConnectionEvent.Connected);
        before.OnStaleReply();
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            before.Record(ProbeResult.Miss(FailureReason.ReplyTimeout, "no reply", reachable: true));
        }

        var expected = before.Snapshot(withExponential: true);
        var recent = before.Recent();
        _saved!.Save();
        _time.Advance(TimeSpan.FromSeconds(30));
        var after = Target(Restart(), "a");

        var actual = after.Snapshot(withExponential: true);
        Assert.Equal((TargetState.Down, 4), (actual.State, actual.ConsecutiveMisses));
        Assert.Equal(expected.StateSince, actual.StateSince);
        Assert.Equal((6, 4, 1), (actual.Probes, actual.Misses, actual.StaleReplies));
        Assert.Equal(expected.Created, actual.Created);
        Assert.Equal(expected.LastProbe, actual.LastProbe);
        Assert.Equal(expected.LastSuccess, actual.LastSuccess);
        Assert.Equal(expected.LastResult, actual.LastResult);
        Assert.Equal(expected.Failures, actual.Failures);
        Assert.Equal(expected.StateChanges, actual.StateChanges);
        Assert.Equal(expected.ConnectionEvents, actual.ConnectionEvents);
        Assert.Equal(expected.RoundTrips!.Counts, actual.RoundTrips!.Counts);
        Assert.Equal(expected.RoundTrips.Sum, actual.RoundTrips.Sum);
        Assert.Equal(expected.RoundTrips.Exponential!.Value.Buckets, actual.RoundTrips.Exponential!.Value.Buckets);
        Assert.Equal(recent.Select(Brief), after.Recent().Select(Brief));

        after.Record(ProbeResult.Miss(FailureReason.ReplyTimeout, "no reply", reachable: true));
        Assert.Equal(expected.StateSince, after.Snapshot().StateSince); // no other outage
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(11, false)]
    public void Restart_AfterSomeTime_KeepsTheStateOnlyWhileItSaysSomethingOfNow(int minutes, bool isKept)
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.Save();
        _time.Advance(TimeSpan.FromMinutes(minutes));

        var snapshot = Target(Restart(), "a").Snapshot();
        Assert.Equal((isKept ? TargetState.Up : TargetState.Unknown, 1L), (snapshot.State, snapshot.Probes));
        Assert.Equal(isKept, snapshot.LastResult is not null);
    }

    [Fact]
    public void Restart_WhileItFlaps_FlapsStill()
    {
        var before = Target(Restart(), "a");
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            before.Record(i / 5 % 2 == 0 ? Answer(0.01) : ProbeResult.Miss(FailureReason.Refused, "", reachable: false));
        }

        before.Record(Answer(0.01));
        before.Record(Answer(0.01));
        Assert.True(before.Snapshot().Flapping);
        _saved!.Save();
        Assert.True(Target(Restart(), "a").Snapshot().Flapping);
    }

    [Fact]
    public void Restart_OtherBuckets_BeginsAnotherHistogram()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.Save();
        var config = TestTargets.Create("a");
        var after = Restart().Set(config with { Module = config.Module with { Buckets = [1, 2] } });
        Assert.Equal((0L, 1L), (after.Snapshot().RoundTrips!.Count, after.Snapshot().Probes));
    }

    [Fact]
    public void Restart_TargetComesLater_FindsItsMemoryForADay()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.Save();
        Restart(); // its list of targets cannot be read this time
        _saved!.Save();
        _time.Advance(TimeSpan.FromHours(23));
        Restart();
        _saved!.Save();
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);

        Restart();
        _time.Advance(TimeSpan.FromHours(2));
        _saved!.Save();
        Assert.Equal(0, Target(Restart(), "a").Snapshot().Probes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"format\": \"something else\", \"saved_at\": \"2026-01-01T00:00:00Z\", \"targets\": []}")]
    [InlineData("{\"format\": \"zmq_exporter state 1\", \"saved_at\": \"2026-01-01T00:00:00Z\"}")]
    [InlineData("{\"format\": \"zmq_exporter state 1\", \"saved_at\": \"2026-01-01T00:00:00Z\", \"targets\": [null]}")]
    [InlineData("{\"format\": \"zmq_exporter state 1\", \"saved_at\": \"2026-01-01T00:00:00Z\", \"targets\": [{\"target\": \"a\"}]}")]
    public void Begin_BrokenOrForeignFile_IsSaidAndIgnoredAndReplaced(string text)
    {
        File.WriteAllText(StatePath, text);
        Target(Restart(), "a").Record(Answer(0.01));
        Assert.Single(_logs.GetSnapshot(), record => record.Level == LogLevel.Warning && record.Message.StartsWith("the state file is ignored", StringComparison.Ordinal));
        _saved!.Save();
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);
    }

    // Whatever stands in the fields of a file that is one of ours.
    [Theory]
    [InlineData("\"state\": \"exploded\", \"failures\": {\"no_such\": 3, \"refused\": -1}")]
    [InlineData("\"round_trips\": {\"bounds\": [], \"counts\": [1, 2, 3], \"sum\": 1, \"created\": \"2026-01-01T00:00:00Z\", \"zeros\": 0, \"exponential\": [1]}")]
    [InlineData("\"last_probe\": \"2036-01-01T00:00:00Z\", \"state\": \"down\"")]
    [InlineData("\"recent\": [{\"at\": \"2026-01-01T00:00:00Z\", \"outcome\": \"x\"}], \"side_changes\": [\"2036-01-01T00:00:00Z\"]")]
    public void Begin_StrangeValues_BecomeNothing(string fields)
    {
        File.WriteAllText(
            StatePath,
            $$"""{"format": "zmq_exporter state 1", "saved_at": "2026-01-01T00:00:00Z", "targets": [{"target": "a", "module": "ping", "saved_at": "2026-01-01T00:00:00Z", {{fields}}}]}""");
        var snapshot = Target(Restart(), "a").Snapshot(withExponential: true);
        Assert.Equal((TargetState.Unknown, 0L), (snapshot.State, snapshot.RoundTrips!.Count));
        Assert.All(snapshot.Failures, count => Assert.Equal(0, count));
    }

    [Fact]
    public void Save_DirectoryIsGone_IsSaidOnceAndNothingIsLost()
    {
        var targets = Restart("gone/state.json");
        _saved!.Save();
        _saved.Save();
        Assert.Single(_logs.GetSnapshot(), record => record.Level == LogLevel.Error);
        Directory.CreateDirectory(Path.Combine(_directory, "gone"));
        _saved.Save();
        Assert.True(File.Exists(Path.Combine(_directory, "gone", "state.json")));
        Assert.Equal(0, targets.Count);
    }

    private static (DateTimeOffset, ProbeOutcome, FailureReason?, double?) Brief(RecentResult recent) =>
        (recent.At, recent.Outcome, recent.Reason, recent.RoundTrip is { } roundTrip ? Math.Round(roundTrip.TotalSeconds, 6) : null);

    // As a start of the exporter: nothing is known but what the file says.
    private TargetSet Restart(string file = "state.json")
    {
        _saved?.Dispose();
        var targets = new TargetSet(_time);
        _saved = new StateKeeper(targets, new ExporterMetrics(targets, MetricsDetail.Full, _time).Self, _time, new FakeLogger<StateKeeper>(_logs));
        _saved.Begin(Path.Combine(_directory, file));
        return targets;
    }

    private static Target Target(TargetSet targets, string name) => targets.Set(TestTargets.Create(name));

    private static ProbeResult Answer(double seconds) =>
        new() { Outcome = ProbeOutcome.OnTime, Reachable = true, Responsive = true, Ready = true, RoundTrip = TimeSpan.FromSeconds(seconds), Elapsed = TimeSpan.FromSeconds(seconds) };
}
