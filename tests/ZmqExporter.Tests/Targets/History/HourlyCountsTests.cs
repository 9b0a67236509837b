using CsCheck;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Tests.Targets.History;

public sealed class HourlyCountsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    // Against a list of all results.
    [Fact]
    public void Last_AnyResults_AreThoseOfTheHours() =>
        Gen.Select(Gen.Int[0, 200], Gen.Bool).List[0, 300].Sample(results =>
        {
            var counts = new HourlyCounts();
            var now = Start;
            var all = new List<(DateTimeOffset At, bool IsAnswer)>();
            foreach (var (step, isAnswer) in results)
            {
                now += TimeSpan.FromMinutes(step);
                counts.Add(now, isAnswer);
                all.Add((now, isAnswer));
            }

            var restored = new HourlyCounts();
            restored.Restore(counts.Snapshot());
            foreach (var hours in new[] { 1, 24, HourlyCounts.Hours })
            {
                var first = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour)).AddHours(1 - hours);
                var expected = new HourCounts(all.Count(result => result.At >= first), all.Count(result => result.At >= first && !result.IsAnswer));
                Assert.Equal(expected, counts.Snapshot().Last(hours, now));
                Assert.Equal(expected, restored.Snapshot().Last(hours, now));
            }
        });

    [Fact]
    public void Last_ProbesEndedLongAgo_AreNone()
    {
        var counts = new HourlyCounts();
        counts.Add(Start, isAnswer: true);
        Assert.Equal(1, counts.Snapshot().Last(24, Start.AddHours(23)).Probes);
        Assert.Null(counts.Snapshot().Last(24, Start.AddHours(24)).Availability);
        Assert.Null(new HourlyCounts().Snapshot().Last(24, Start).Availability);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(359_999)]
    public void Last_MoreProbesAnHourThanFit_KeepsTheirRatioAndNeitherAllNorNone(int misses)
    {
        const int Probes = 360_000; // 10 ms apart
        var counts = new HourlyCounts();
        for (var i = 0; i < Probes; i++)
        {
            counts.Add(Start, isAnswer: i >= misses);
        }

        Assert.Equal(new HourCounts(Probes, misses), counts.Snapshot().Last(1, Start)); // exact while the hour lasts
        counts.Add(Start.AddHours(1), isAnswer: true);
        var past = counts.Snapshot().Hours[0];
        Assert.InRange(past.Misses, 1, past.Probes - 1);
        Assert.Equal((double)misses / Probes, (double)past.Misses / past.Probes, 4);
    }

    [Fact]
    public void Add_ClockWasAheadAndIsSetBack_CountsForTheHourThatItIs()
    {
        var counts = new HourlyCounts();
        counts.Add(Start, isAnswer: true);
        counts.Add(Start.AddHours(5), isAnswer: true);
        counts.Add(Start.AddHours(2), isAnswer: false);
        counts.Add(Start.AddHours(3), isAnswer: true);
        Assert.Equal([new HourCounts(1, 0), default, new HourCounts(2, 1), new HourCounts(1, 0)], counts.Snapshot().Hours);
        Assert.Equal(new HourCounts(1, 0), counts.Snapshot().Last(1, Start.AddHours(3)));
    }

    [Fact]
    public void Add_ClockWasYearsAhead_GoesOnFromNow()
    {
        var counts = new HourlyCounts();
        counts.Add(Start.AddYears(5), isAnswer: true);
        counts.Add(Start, isAnswer: false);
        counts.Add(Start.AddHours(1), isAnswer: true);
        Assert.Equal([new HourCounts(2, 1), new HourCounts(1, 0)], counts.Snapshot().Hours);
        Assert.Equal(Start, counts.Snapshot().First);
    }
}
