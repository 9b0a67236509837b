using Zmtp.Tests.Support;

namespace Zmtp.Tests;

public sealed class BulkLaneTests
{
    [Fact]
    public void Queue_ManyTurnsFromManyThreads_EachRunsOnceAndNoMoreThanTheWidthAtATime()
    {
        var lane = new BulkLane(width: 2);
        var (running, most, done) = (0, 0, 0);
        Parallel.For(0, 20_000, _ => lane.Queue(new Turn(() =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            Thread.SpinWait(20);
            Interlocked.Decrement(ref running);
            Interlocked.Increment(ref done);
        })));

        Eventually.True(() => Volatile.Read(ref done) == 20_000, () => $"{done} turns ran");
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public void Queue_TurnThatQueuesItselfAgain_LetsTheOthersGoBetween()
    {
        var lane = new BulkLane(width: 1);
        var endless = 0;
        using var stop = new ManualResetEventSlim();
        Turn greedy = null!;
        greedy = new Turn(() =>
        {
            endless++;
            if (!stop.IsSet)
            {
                lane.Queue(greedy);
            }
        });
        lane.Queue(greedy);
        using var others = new CountdownEvent(100);
        for (var i = 0; i < 100; i++)
        {
            lane.Queue(new Turn(() => others.Signal()));
        }

        Eventually.True(() => others.IsSet);
        stop.Set();
        Assert.True(endless > 0);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private sealed class Turn(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
