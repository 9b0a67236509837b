using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Zmtp.Tests;

public sealed class TimerQueueTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<(Entry Entry, Timestamp Due, Timestamp Now)> _fired = [];

    [Fact]
    public void Schedule_AnyOperations_FiresWhatASortedListWould() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 39], Gen.Int[1, 60]).Array[0, 200].Sample(
            steps =>
            {
                var time = new FakeTimeProvider();
                using var queue = new TimerQueue(time);
                var fired = new List<(Entry Entry, Timestamp Due, Timestamp Now)>();
                var entries = Enumerable.Range(0, 40).Select(_ => new Entry(fired)).ToArray();
                var model = new Dictionary<Entry, Timestamp>();
                var pauseEnd = Timestamp.None;
                foreach (var (operation, index, milliseconds) in steps)
                {
                    var entry = entries[index];
                    switch (operation)
                    {
                        case < 6:
                            model[entry] = queue.After(TimeSpan.FromMilliseconds(milliseconds));
                            queue.Schedule(entry, model[entry]);
                            break;
                        case < 8:
                            Assert.Equal(model.Remove(entry), queue.Cancel(entry));
                            break;
                        default:
                            fired.Clear();
                            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                            var now = Timestamp.Now(time);
                            var expected = model.Where(pair => pair.Value <= now && now >= pauseEnd).Select(pair => (pair.Key, pair.Value, now)).ToHashSet();
                            pauseEnd = expected.Count > 0 ? now + TimerQueue.LeastPause : pauseEnd;
                            Assert.Equal(expected, fired.ToHashSet());
                            Assert.Equal(expected.Count, fired.Count);
                            Assert.Equal(fired.Select(each => each.Due).Order(), fired.Select(each => each.Due));
                            foreach (var (key, _, _) in expected)
                            {
                                model.Remove(key);
                            }

                            break;
                    }

                    Assert.Equal(model.Count, queue.Count);
                }
            },
            iter: 2_000);

    [Fact]
    public void Schedule_FractionOfAMillisecond_IsNeverEarlyAndLessThanOneLate()
    {
        using var queue = new TimerQueue(_time);
        var entry = new Entry(_fired);
        queue.Schedule(entry, queue.After(TimeSpan.FromTicks(12_345)));
        _time.Advance(TimeSpan.FromTicks(12_344));
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromTicks(20_000 - 12_344));
        Assert.Single(_fired);
    }

    [Fact]
    public void OnDue_ManyShortlyAfterEachOther_ShareAWakeUp()
    {
        using var queue = new TimerQueue(_time);
        for (var i = 0; i < 12; i++)
        {
            queue.Schedule(new Entry(_fired), queue.After(TimeSpan.FromMilliseconds(10 + i)));
        }

        for (var i = 0; i < 30; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal([1, 4, 4, 3], _fired.CountBy(each => each.Now).Select(wakeUp => wakeUp.Value));
    }

    [Fact]
    public void Schedule_AlreadyDue_FiresWithoutWaitingAndOutsideTheLock()
    {
        using var fired = new ManualResetEventSlim();
        using var queue = new TimerQueue(_time);
        var counted = -1;

        // A count from another thread would wait forever if the entry ran under the lock.
        var entry = new Run(() =>
        {
            var other = new Thread(() => counted = queue.Count) { IsBackground = true };
            other.Start();
            Assert.True(other.Join(TimeSpan.FromSeconds(10)));
            fired.Set();
        });
        queue.Schedule(entry, queue.Now - TimeSpan.FromTicks(1));
        Assert.True(fired.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal(0, counted);
    }

    [Fact]
    public void Schedule_MoreThanADayAhead_WaitsForIt()
    {
        using var queue = new TimerQueue(_time);
        queue.Schedule(new Entry(_fired), queue.After(TimeSpan.FromDays(40)));
        for (var day = 0; day < 39; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Single(_fired);
    }

    [Fact]
    public void After_TooLong_IsNeverInThePast()
    {
        using var queue = new TimerQueue(_time);
        Assert.Equal(Timestamp.Never, queue.After(TimeSpan.MaxValue));
    }

    [Fact]
    public void OnDue_Throws_OthersGoOn()
    {
        var faults = new List<Exception>();
        using var queue = new TimerQueue(_time, faults.Add);
        var bug = new InvalidOperationException();
        queue.Schedule(new Run(() => throw bug), queue.After(TimeSpan.FromMilliseconds(1)));
        queue.Schedule(new Entry(_fired), queue.After(TimeSpan.FromMilliseconds(1)));
        queue.Schedule(new Entry(_fired), queue.After(TimeSpan.FromMilliseconds(2)));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _time.Advance(TimerQueue.LeastPause);
        Assert.Equal([bug], faults);
        Assert.Equal(2, _fired.Count);
    }

    [Fact]
    public void OnDue_SchedulesItselfAgain_KeepsItsPeriod()
    {
        using var queue = new TimerQueue(_time);
        var dues = new List<Timestamp>();
        Entry? entry = null;
        entry = new Entry(_fired, due =>
        {
            dues.Add(due);
            queue.Schedule(entry!, due + TimeSpan.FromSeconds(1));
        });
        var start = queue.After(TimeSpan.FromSeconds(1));
        queue.Schedule(entry, start);
        for (var i = 0; i < 400; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(25));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => start + TimeSpan.FromSeconds(i)), dues);
    }

    [Fact]
    public void Overdue_EntryBlocksTheTimerThread_GrowsUntilItEnds()
    {
        using var queue = new TimerQueue(_time);
        var whileBlocked = TimeSpan.Zero;
        queue.Schedule(
            new Run(() =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                whileBlocked = queue.Overdue;
            }),
            queue.After(TimeSpan.FromSeconds(1)));
        queue.Schedule(new Entry(_fired), queue.After(TimeSpan.FromSeconds(2)));
        Assert.Equal(TimeSpan.Zero, queue.Overdue);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(4), whileBlocked);
        Assert.Equal(TimeSpan.Zero, queue.Overdue);
        Assert.Single(_fired);
    }

    [Fact]
    public void Dispose_QueuedEntries_AreForgotten()
    {
        var queue = new TimerQueue(_time);
        var entry = new Entry(_fired);
        queue.Schedule(entry, queue.After(TimeSpan.FromSeconds(1)));
        queue.Dispose();
        queue.Schedule(entry, queue.After(TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_fired);
        Assert.False(queue.Cancel(entry));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task Schedule_ManyThreads_LosesNothing()
    {
        using var queue = new TimerQueue(TimeProvider.System);
        var entries = Enumerable.Range(0, 64).Select(_ => new CountingEntry()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
#pragma warning disable CA5394 // Test data, not a secret.
            var random = new Random(seed);
            for (var i = 0; i < 10_000; i++)
            {
                var entry = entries[random.Next(entries.Length)];
                if (random.Next(4) == 0)
                {
                    queue.Cancel(entry);
                }
                else
                {
                    queue.Schedule(entry, queue.After(TimeSpan.FromMicroseconds(random.Next(-100, 5_000))));
                }
            }
#pragma warning restore CA5394
        })));

        foreach (var entry in entries)
        {
            // Later than all before: only this one may tell the end.
            entry.LastDue = queue.After(TimeSpan.FromMilliseconds(20));
            queue.Schedule(entry, entry.LastDue);
        }

        foreach (var entry in entries)
        {
            Assert.True(entry.Last.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            Assert.Equal(0, entry.Early);
            entry.Last.Dispose();
        }

        Assert.Equal(0, queue.Count);
    }

    private sealed class Entry(List<(Entry Entry, Timestamp Due, Timestamp Now)> fired, Action<Timestamp>? then = null) : TimerEntry
    {
        protected internal override void OnDue(Timestamp due, Timestamp now)
        {
            fired.Add((this, due, now));
            then?.Invoke(due);
        }
    }

    private sealed class Run(Action action) : TimerEntry
    {
        protected internal override void OnDue(Timestamp due, Timestamp now) => action();
    }

    private sealed class CountingEntry : TimerEntry
    {
        public ManualResetEventSlim Last { get; } = new();

        public Timestamp LastDue { get; set; } = Timestamp.Never;

        public int Early { get; private set; }

        protected internal override void OnDue(Timestamp due, Timestamp now)
        {
            if (now < due)
            {
                Early++;
            }

            if (due == LastDue)
            {
                Last.Set();
            }
        }
    }
}
