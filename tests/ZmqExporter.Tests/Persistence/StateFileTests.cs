using Microsoft.Extensions.Logging;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Targets.History;
using ZmqExporter.Tests.Scheduling;
using Zmtp;

namespace ZmqExporter.Tests.Persistence;

public sealed class StateFileTests : StateFileTestBase
{
    [Fact]
    public void Restart_InMidOutage_GoesOnWhereItWas()
    {
        var before = Target(Restart(), "a");
        before.Record(Answer(0.01));
        before.Record(Answer(0.02));
        before.OnConnectionEvent(ConnectionEvent.Connected);
        before.OnStaleReply();
        _time.Advance(TimeSpan.FromSeconds(1));
        Fail(before);

        var expected = before.Snapshot(withExponential: true);
        var recent = before.Results();
        _saved!.End();
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
        Assert.Equal(recent.Select(Brief), after.Results().Select(Brief));

        after.Record(ProbeResult.Miss(FailureReason.ReplyTimeout, "no reply", reachable: true));
        Assert.Equal(expected.StateSince, after.Snapshot().StateSince); // no other outage
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(11, false)]
    public void Restart_InAnOutageAfterSomeTime_KeepsItOnlyWhileItSaysSomethingOfNow(int minutes, bool isKept)
    {
        Fail(Target(Restart(), "a"));
        _saved!.End();
        _time.Advance(TimeSpan.FromMinutes(minutes));

        var snapshot = Target(Restart(), "a").Snapshot();
        Assert.Equal((isKept ? TargetState.Down : TargetState.Unknown, 4L), (snapshot.State, snapshot.Probes));
        Assert.Equal(isKept, snapshot.LastResult is not null);
    }

    // Nobody has asked the server since: that it answers is what a probe says.
    [Fact]
    public void Restart_OfWhatAnswered_BeginsAsUnknownAndCountsOn()
    {
        var before = Target(Restart(), "a");
        before.Record(Answer(0.01));
        var success = before.Snapshot().LastSuccess;
        _saved!.End();

        var snapshot = Target(Restart(), "a").Snapshot();
        Assert.Equal((TargetState.Unknown, 1L, success), (snapshot.State, snapshot.Probes, snapshot.LastSuccess));
        Assert.Null(snapshot.LastResult);
    }

    // The file is of up to a minute ago. Counters would go back by that, and Prometheus would add their whole value; the state may have been
    // another one since.
    [Fact]
    public void Restart_AfterAKill_CountsFromNothingAndKnowsNoState()
    {
        var before = Target(Restart(), "a");
        before.Record(Answer(0.01));
        before.OnConnectionEvent(ConnectionEvent.Connected);
        Fail(before);
        var (success, recent) = (before.Snapshot().LastSuccess, before.Results().Length);
        _saved!.Save();
        before.Record(Answer(0.01)); // what the file knows nothing of
        _time.Advance(TimeSpan.FromSeconds(30));

        var after = Target(Restart(), "a");

        var snapshot = after.Snapshot(withExponential: true);
        Assert.Equal((TargetState.Unknown, 0, 0L, 0L), (snapshot.State, snapshot.ConsecutiveMisses, snapshot.Probes, snapshot.Misses));
        Assert.Equal((_time.GetUtcNow(), _time.GetUtcNow()), (snapshot.Created, snapshot.RoundTrips!.Created));
        Assert.All([.. snapshot.Failures, .. snapshot.StateChanges, .. snapshot.ConnectionEvents, snapshot.RoundTrips.Count], count => Assert.Equal(0, count));
        Assert.Null(snapshot.LastResult);
        Assert.Equal((success, recent), (snapshot.LastSuccess, after.Results().Length)); // what happened happened
    }

    // The start itself writes over the mark of the end, before anything is counted.
    [Fact]
    public void Restart_AfterAKillWithinAMinuteOfTheStart_CountsFromNothing()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.End();
        Target(Restart(), "a").Record(Answer(0.01));

        Assert.Equal(0, Target(Restart(), "a").Snapshot().Probes);
    }

    [Fact]
    public void Restart_FileCannotBeWritten_CountsFromNothing()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.End();
        Directory.CreateDirectory(StatePath + ".new"); // in the way
        Assert.Equal(0, Target(Restart(), "a").Snapshot().Probes);
    }

    // A scrape may see what connections say while they are closed.
    [Fact]
    public void End_NothingIsCountedAndNothingIsWrittenAfterIt()
    {
        var target = Target(Restart(), "a");
        target.Record(Answer(0.01));
        _saved!.End();
        var before = target.Snapshot();
        target.OnConnectionEvent(ConnectionEvent.Disconnected);
        target.OnStaleReply();
        target.Record(Answer(0.01));
        _saved.Save();

        var after = target.Snapshot();
        Assert.Equal((1L, 0L), (after.Probes, after.StaleReplies));
        Assert.Equal(before.ConnectionEvents, after.ConnectionEvents);
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);
    }

    // As a reload does: the outage goes on, but what the last answer said was another server's.
    [Fact]
    public void Restart_OtherEndpoint_KeepsTheOutageAndNotWhatWasSeen()
    {
        Fail(Target(Restart(), "a"));
        _saved!.End();
        Assert.True(ZmtpEndpoint.TryParse("tcp://elsewhere:1", out var elsewhere, out _));
        var snapshot = Restart().Set(TestTargets.Create("a") with { Endpoint = elsewhere }).Snapshot();
        Assert.Equal((TargetState.Down, 4L), (snapshot.State, snapshot.Probes));
        Assert.Null(snapshot.LastResult);
    }

    [Fact]
    public void Restart_OtherProber_BeginsAnotherHistogram()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.End();
        var config = TestTargets.Create("a");
        var after = Restart().Set(config with { Module = config.Module with { Prober = new HandshakeProberConfig(SocketType.Dealer, false) } });
        Assert.Equal((0L, 1L), (after.Snapshot().RoundTrips!.Count, after.Snapshot().Probes));
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
        _saved!.End();
        Assert.True(Target(Restart(), "a").Snapshot().Flapping);
    }

    [Fact]
    public void Restart_OtherBuckets_BeginsAnotherHistogram()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.End();
        var config = TestTargets.Create("a");
        var after = Restart().Set(config with { Module = config.Module with { Buckets = [1, 2] } });
        Assert.Equal((0L, 1L), (after.Snapshot().RoundTrips!.Count, after.Snapshot().Probes));
    }

    [Fact]
    public void Restart_TargetComesLater_FindsItsMemoryForADay()
    {
        Target(Restart(), "a").Record(Answer(0.01));
        _saved!.End();
        Restart(); // its list of targets cannot be read this time
        _saved!.End();
        _time.Advance(TimeSpan.FromHours(23));
        Restart();
        _saved!.End();
        Assert.Equal(1, Target(Restart(), "a").Snapshot().Probes);

        Restart();
        _time.Advance(TimeSpan.FromHours(2));
        _saved!.End();
        Assert.Equal(0, Target(Restart(), "a").Snapshot().Probes);
    }

    private static (DateTimeOffset, ProbeOutcome, FailureReason?, double?) Brief(RecentResult recent) =>
        (recent.At, recent.Outcome, recent.Reason, recent.RoundTrip is { } roundTrip ? Math.Round(roundTrip.TotalSeconds, 6) : null);

    private static void Fail(Target target)
    {
        for (var i = 0; i < 4; i++)
        {
            target.Record(ProbeResult.Miss(FailureReason.ReplyTimeout, "no reply", reachable: true));
        }
    }
}
