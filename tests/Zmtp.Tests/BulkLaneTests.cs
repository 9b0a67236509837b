namespace Zmtp.Tests;

public sealed class BulkLaneTests
{
    // Who queues and who leaves meet here all the time: a turn that both leave to the other would never run.
    [Fact]
    public void Queue_ManyAtOnce_EveryTurnRuns()
    {
        const int Rounds = 20_000;
        const int AtOnce = 4;
        var lane = new BulkLane(1);
        var ran = 0;
        Parallel.For(0, AtOnce, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, _ =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var before = Volatile.Read(ref ran);
                lane.Queue(new Turn(() => Interlocked.Increment(ref ran)));
                SpinWait.SpinUntil(() => Volatile.Read(ref ran) != before, TimeSpan.FromMilliseconds(1));
            }
        });
        Eventually.True(() => Volatile.Read(ref ran) == Rounds * AtOnce);
    }

    [Fact]
    public void Queue_MoreThanItsWidth_RunsNoMoreAtOnce()
    {
        const int Turns = 50;
        var lane = new BulkLane(2);
        using var go = new ManualResetEventSlim();
        var (now, most, ended) = (0, 0, 0);
        for (var i = 0; i < Turns; i++)
        {
            lane.Queue(new Turn(() =>
            {
                var running = Interlocked.Increment(ref now);
                InterlockedMax(ref most, running);
                go.Wait();
                Interlocked.Decrement(ref now);
                Interlocked.Increment(ref ended);
            }));
        }

        Eventually.True(() => Volatile.Read(ref now) == 2);
        go.Set();
        Eventually.True(() => Volatile.Read(ref ended) == Turns);
        Assert.Equal(2, most);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private sealed class Turn(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
