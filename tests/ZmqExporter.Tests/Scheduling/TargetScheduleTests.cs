using CsCheck;
using ZmqExporter.Configuration;
using ZmqExporter.Policy;
using ZmqExporter.Scheduling;

namespace ZmqExporter.Tests.Scheduling;

/// <summary>All numbers are ticks: of timestamps and of durations.</summary>
public sealed class TargetScheduleTests
{
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    private static readonly Gen<TargetConfig> AnyTarget = Gen.Select(
        Gen.Int[0, 9_999],
        Gen.Long[1, 100_000_000],
        Gen.Long[1, 100_000_000],
        (name, interval, own) => TestTargets.Create(
            $"target{name}",
            TimeSpan.FromTicks(interval),
            new PolicyConfig { SuspectInterval = TimeSpan.FromTicks(own) }));

    [Fact]
    public void First_Restart_KeepsThePlaceOnTheWallClock() =>
        Gen.Select(AnyTarget, Gen.Long[0, 1_000_000_000_000_000], Gen.Long[0, 1_000_000_000_000_000]).Sample(
            (target, one, other) =>
            {
                Assert.Equal(Place(target, one, timestamp: 0), Place(target, other, timestamp: 1_234_567));
            },
            iter: 5_000);

    /// <remarks>Whoever changes this moves the probes of every user at an upgrade.</remarks>
    [Fact]
    public void First_KnownTarget_HasItsPlace() =>
        Assert.Equal(145_041_204, Place(TestTargets.Create(interval: TimeSpan.FromSeconds(15)), wall: 0, timestamp: 0));

    [Fact]
    public void First_ModulesOfOneTarget_HaveTheirOwnPlaces() =>
        Assert.NotEqual(
            Place(TestTargets.Create(module: "ping"), wall: 0, timestamp: 0),
            Place(TestTargets.Create(module: "transport"), wall: 0, timestamp: 0));

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(60)]
    public void First_ManyTargets_AreSpreadEvenlyOverTheInterval(int seconds)
    {
        const int targets = 10_000;
        const int buckets = 100;
        var interval = TimeSpan.FromSeconds(seconds);
        var counts = new int[buckets];
        for (var i = 0; i < targets; i++)
        {
            counts[Place(TestTargets.Create($"target{i:0000}", interval), wall: 0, timestamp: 0) * buckets / interval.Ticks]++;
        }

        // Chi-square with 99 degrees of freedom: mean 99, standard deviation 14; the hash is fixed, so this never flickers.
        const double expected = (double)targets / buckets;
        Assert.InRange(counts.Sum(count => Math.Pow(count - expected, 2) / expected), 50, 150);
    }

    [Fact]
    public void First_StartIsOnTheGrid_IsDueAtOnce()
    {
        var target = TestTargets.Create();
        var place = Place(target, wall: 0, timestamp: 0);
        Assert.Equal(place, Schedule(target, wall: 0, timestamp: 0).First(place, 0));
        Assert.Equal(place + TimeSpan.TicksPerSecond, Schedule(target, wall: 0, timestamp: 0).First(place + 1, 0));
    }

    // Every place of the interval has its turn within the spread: the grid does, and nobody has to rejoin it.
    [Fact]
    public void First_SpreadAsLongAsTheInterval_IsOnTheGrid()
    {
        var schedule = Schedule(TestTargets.Create(), wall: 0, timestamp: 0);
        Assert.Equal(schedule.First(77, 0), schedule.First(77, TimeSpan.TicksPerSecond));
        Assert.NotEqual(schedule.First(77, 0), schedule.First(77, TimeSpan.TicksPerSecond + 1));
    }

    [Fact]
    public void First_TenThousandTargetsOfOneSecond_ArePacedAndThenJoinTheirGrid()
    {
        const int targets = 10_000;
        const long start = 77;
        var spread = StartPace.SpreadOf(targets).Ticks;
        Assert.Equal(TimeSpan.FromSeconds(10).Ticks, spread);
        var perSecond = new int[10];
        for (var i = 0; i < targets; i++)
        {
            var target = TestTargets.Create($"target{i:0000}");
            var schedule = Schedule(target, wall: 0, timestamp: 0);
            var first = schedule.First(start, spread);
            perSecond[(first - start) / TimeSpan.TicksPerSecond]++;
            var next = schedule.Next(first, TargetState.Up);
            Assert.InRange(next - first, (TimeSpan.TicksPerSecond / 2) + 1, TimeSpan.TicksPerSecond * 3 / 2);
            Assert.Equal(Place(target, wall: 0, timestamp: 0), next % TimeSpan.TicksPerSecond);
        }

        Assert.All(perSecond, count => Assert.InRange(count, 850, 1_150));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_333_333)]
    [InlineData(10_000_000)]
    [InlineData(150_000_001)]
    public void Next_HundredThousandProbes_NeverDrift(long interval)
    {
        var schedule = Schedule(TestTargets.Create(interval: TimeSpan.FromTicks(interval)), wall: 12_345, timestamp: 678);
        var first = schedule.First(678, 0);
        var due = first;
        for (var i = 1; i <= 100_000; i++)
        {
            due = schedule.Next(due, i % 3 == 0 ? TargetState.Suspect : TargetState.Up);
            Assert.Equal(first + (i * interval), due);
        }
    }

    [Theory]
    [InlineData("Unknown", 15)]
    [InlineData("Up", 15)]
    [InlineData("Degraded", 15)]
    [InlineData("Suspect", 5)]
    [InlineData("Down", 30)]
    public void Next_State_HasItsInterval(string state, int seconds)
    {
        var policy = new PolicyConfig { SuspectInterval = TimeSpan.FromSeconds(5), DownInterval = TimeSpan.FromSeconds(30) };
        var schedule = Schedule(TestTargets.Create(interval: TimeSpan.FromSeconds(15), policy: policy), wall: 0, timestamp: 0);
        var first = schedule.First(0, 0);
        Assert.Equal(first + (seconds * TimeSpan.TicksPerSecond), schedule.Next(first, Enum.Parse<TargetState>(state)));
    }

    [Fact]
    public void Next_BackToTheBaseInterval_RejoinsTheGridMoreThanHalfAnIntervalAway() =>
        Gen.Select(AnyTarget, Gen.Long[0, 1_000_000_000]).Sample(
            (target, due) =>
            {
                var interval = target.Module.Interval.Ticks;
                var next = Schedule(target, wall: 0, timestamp: 0).Next(due, TargetState.Up);
                Assert.Equal(Place(target, wall: 0, timestamp: 0), next % interval);
                Assert.InRange(next - due, (interval / 2) + 1, (interval / 2) + interval);
            },
            iter: 5_000);

    [Fact]
    public void LatestBy_NextDueTimeIsNow_HasCome()
    {
        var schedule = Schedule(TestTargets.Create(), wall: 0, timestamp: 0);
        var due = schedule.First(0, 0);
        var next = schedule.Next(due, TargetState.Up);
        Assert.Equal((due, 0), (schedule.LatestBy(due, TargetState.Up, next - 1, out var passed), passed));
        Assert.Equal((next, 1), (schedule.LatestBy(due, TargetState.Up, next, out passed), passed));
    }

    [Fact]
    public void LatestBy_AnyStall_AgreesWithSteppingThroughIt() =>
        Gen.Select(
            Gen.Long[1, 1_000],
            Gen.Long[1, 1_000],
            Gen.Long[0, 100_000],
            Gen.Long[0, 100_000],
            Gen.OneOf(TargetState.Up, TargetState.Suspect)).Sample(
            (interval, own, due, late, state) =>
            {
                var policy = new PolicyConfig { SuspectInterval = TimeSpan.FromTicks(own) };
                var schedule = Schedule(TestTargets.Create(interval: TimeSpan.FromTicks(interval), policy: policy), wall: 0, timestamp: 0);
                var latest = due;
                var steps = 0;
                while (schedule.Next(latest, state) <= due + late)
                {
                    latest = schedule.Next(latest, state);
                    steps++;
                }

                Assert.Equal(latest, schedule.LatestBy(due, state, due + late, out var passed));
                Assert.Equal(steps, passed);
            },
            iter: 2_000);

    private static long Place(TargetConfig target, long wall, long timestamp) =>
        (Schedule(target, wall, timestamp).First(timestamp, 0) - timestamp + wall) % target.Module.Interval.Ticks;

    private static InTicks Schedule(TargetConfig target, long wall, long timestamp)
    {
        return new InTicks(new TargetSchedule(target, new ScheduleOrigin(Epoch.AddTicks(wall), new(timestamp))));
    }

    /// <summary>A schedule for those who calculate with numbers.</summary>
    private sealed class InTicks(TargetSchedule schedule)
    {
        public long First(long start, long spread) => schedule.First(new(start), TimeSpan.FromTicks(spread)).Ticks;

        public long Next(long due, TargetState state) => schedule.Next(new(due), state).Ticks;

        public long LatestBy(long due, TargetState state, long now, out long passed) =>
            schedule.LatestBy(new(due), state, new(now), out passed).Ticks;
    }
}
