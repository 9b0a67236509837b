using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;
using static ZmqExporter.Policy.TargetState;

namespace ZmqExporter.Tests.Scheduling;

public sealed class TargetLogLimitTests
{
    private const FailureReason R = FailureReason.Refused;
    private const FailureReason T = FailureReason.ReplyTimeout;

    private readonly FakeTimeProvider _time = new();
    private readonly TargetLogLimit _limit;

    public TargetLogLimitTests() => _limit = new TargetLogLimit(TargetState.Unknown, _time);

    [Fact]
    public void Next_ChangesOfAnOrdinaryOutage_AreAllLogged()
    {
        Assert.Equal(Change(Up, Unknown), Next(Up));
        Assert.Equal(default, Next(Up));
        Assert.Equal(Change(Suspect, Up), Next(Suspect, R));
        Assert.Equal(Change(Down, Suspect), Next(Down, R));
        Assert.Equal(default, Next(Down, R));
        Assert.Equal(default, Next(Down));
        Assert.Equal(Change(Up, Down), Next(Up));
    }

    // Most targets are up all the time, and need none.
    [Fact]
    public void NextOf_ChangeLongAgo_TheLimitIsGone()
    {
        TargetLogLimit? limit = null;
        var up = TestProber.OnTime;

        Assert.Equal(Change(Up, Unknown), TargetLogLimit.NextOf(ref limit, new TargetTransition(Unknown, Up), up, _time) with { Mappings = default });
        _time.Advance(TargetLogLimit.ChangePeriod - TimeSpan.FromTicks(1));
        Assert.Equal(TargetLogKind.None, TargetLogLimit.NextOf(ref limit, new TargetTransition(Up, Up), up, _time).Kind);
        Assert.NotNull(limit); // it still knows of a line
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TargetLogKind.None, TargetLogLimit.NextOf(ref limit, new TargetTransition(Up, Up), up, _time).Kind);
        Assert.Null(limit);
        Assert.Equal(Change(Down, Up), TargetLogLimit.NextOf(ref limit, new TargetTransition(Up, Down), up, _time) with { Mappings = default });
    }

    [Fact]
    public void Next_ReasonsThatTakeTurns_AreOneLineAMinuteWithTheCountOfTheOthers()
    {
        Next(Down, R);
        var lines = Enumerable.Range(0, 180).Select(i => Next(Down, i % 2 == 0 ? T : R)).Where(entry => entry != default).ToArray();

        // At 0, 60 and 120 s the reason is the one that was logged last, so the line comes a second later.
        Assert.Equal([Still(0), Still(60), Still(60)], lines);
    }

    [Fact]
    public void Next_AnotherReasonThatStays_IsLoggedWhenThereIsRoom()
    {
        Next(Down, R);
        Assert.Equal(Still(0), Next(Down, T));
        Assert.Equal(default, Next(Down, R));
        _time.Advance(TimeSpan.FromSeconds(57));
        Assert.Equal(default, Next(Down, R));
        Assert.Equal(Still(0), Next(Down, R));
        Assert.Equal(default, Next(Down, R));
    }

    [Fact]
    public void Next_ChangesAllTheTime_TenAtOnceAndTenAMinuteAfterThat()
    {
        const int changes = 120;
        var lines = Enumerable.Range(0, changes).Select(i => Next(i % 2 == 0 ? Down : Up, i % 2 == 0 ? R : null)).ToList();

        Assert.All(lines.Take(TargetLogLimit.Burst), line => Assert.Equal((TargetLogKind.Change, 0), (line.Kind, line.ChangesLeftOut)));
        Assert.InRange(lines.Take(60).Count(line => line != default), 15, 20);
        Assert.InRange(lines.Skip(60).Count(line => line != default), 9, 10);

        lines.AddRange(Enumerable.Range(0, 6).Select(_ => Next(Up)));
        Assert.Equal(changes, lines.Sum(line => line == default ? 0 : 1 + line.ChangesLeftOut));
    }

    [Fact]
    public void Next_LastWordOfABurst_IsLoggedAsSoonAsThereIsRoom()
    {
        for (var i = 0; i < 11; i++)
        {
            _limit.Next(i % 2 == 0 ? Down : Up, null);
        }

        Assert.Equal(default, _limit.Next(Down, null));
        _time.Advance(TargetLogLimit.ChangePeriod);
        Assert.Equal(Change(Down, Up), _limit.Next(Down, null));
        Assert.Equal(default, _limit.Next(Down, null));
    }

    [Fact]
    public void Next_TargetThatTakesTurns_IsNeverReportedAsWellAlone()
    {
        // Each change comes back within the time of one line: all lines that find room are those of "up".
        var lines = Enumerable.Range(0, 600).Select(i =>
        {
            var entry = _limit.Next(i % 2 == 0 ? Up : Down, i % 2 == 0 ? null : R);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return entry;
        }).Where(entry => entry != default).ToArray();

        var later = lines.Skip(TargetLogLimit.Burst + 1).ToArray();
        Assert.InRange(later.Length, 5, 10);
        Assert.All(later, line => Assert.True(line.IsWarning));
        Assert.Contains(later, line => line is { State: Up, DownsLeftOut: > 20 });
        Assert.Equal(300, lines.Sum(line => line.DownsLeftOut + (line.State == Down ? 1 : 0)), 60.0);
    }

    [Fact]
    public void IsWarning_UpAgainAfterADownThatWasTold_IsNone()
    {
        Next(Down, R);
        Assert.Equal((Up, false), (Next(Up) is var entry ? entry.State : default, entry.IsWarning));
    }

    // Whatever happens: nothing is lost without a count, and no time is flooded.
    [Fact]
    public void Next_AnyHistory_CountsWhatItLeavesOutAndKeepsItsBounds() => Gen
        .Select(Gen.OneOf(Up, Down, Suspect), Gen.OneOf(R, T), Gen.Int[0, 20])
        .List[1, 300]
        .Sample(history =>
        {
            var time = new FakeTimeProvider();
            var limit = new TargetLogLimit(TargetState.Unknown, time);
            var (before, changes, told) = (Unknown, 0L, 0L);
            var stills = new List<DateTimeOffset>();
            var written = new List<DateTimeOffset>();
            foreach (var (state, reason, seconds) in history)
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                changes += state == before ? 0 : 1;
                before = state;
                var entry = limit.Next(state, state == Up ? null : reason);
                if (entry.Kind == TargetLogKind.Still)
                {
                    stills.Add(time.GetUtcNow());
                }
                else if (entry.Kind == TargetLogKind.Change)
                {
                    written.Add(time.GetUtcNow());
                    told += 1 + entry.ChangesLeftOut;
                }
            }

            time.Advance(TimeSpan.FromMinutes(1));
            var last = limit.Next(before, null);
            told += last.Kind == TargetLogKind.Change ? 1 + last.ChangesLeftOut : 0;
            Assert.Equal(changes, told);
            Assert.All(stills.Zip(stills.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromMinutes(1)));
            Assert.All(written, start => Assert.InRange(written.Count(at => at >= start && at < start + TimeSpan.FromMinutes(1)), 1, 20));
        });

    private static TargetLogEntry Change(TargetState state, TargetState before) => new(TargetLogKind.Change, state, before, 0, 0, 0);

    private static TargetLogEntry Still(long reasonsLeftOut) => new(TargetLogKind.Still, Down, Unknown, 0, 0, reasonsLeftOut);

    private TargetLogEntry Next(TargetState state, FailureReason? reason = null)
    {
        var entry = _limit.Next(state, reason);
        _time.Advance(TimeSpan.FromSeconds(1));
        return entry;
    }
}
