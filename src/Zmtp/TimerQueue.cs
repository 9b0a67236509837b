namespace Zmtp;

/// <summary>Something that becomes due once. Entries are intrusive: scheduling one allocates nothing.</summary>
public abstract class TimerEntry
{
    internal const int NotQueued = -1;

    internal int Position = NotQueued;
    internal long Due;

    /// <summary>Runs when the entry is due, on a thread-pool thread that serves every entry: it must not block, nor close a socket, which can take its time, nor take a lock under which somebody else does so.</summary>
    /// <param name="due">When it was due, as a timestamp of the queue's <see cref="TimeProvider"/>.</param>
    /// <param name="now">When it was found to be due; the difference is how late we are.</param>
    protected internal abstract void OnDue(long due, long now);
}

/// <summary>
/// Due times of any number of entries behind one operating system timer. Adding, moving and cancelling cost O(log n) and
/// a wake-up looks only at what is due, so the cost does not grow with the number of idle entries. Thread-safe.
/// </summary>
/// <remarks>
/// A binary heap whose entries know their position: most deadlines are cancelled long before they are due, and a heap
/// without that would fill with dead ones. .NET's own timers scan all of them every third of a second.
/// </remarks>
public sealed class TimerQueue : IDisposable
{
    private const long NotArmed = long.MaxValue;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Action<Exception>? _onFault;
    private readonly long _perTimeSpanTick; // 0 when the clock's frequency is no multiple of a TimeSpan's
    private TimerEntry[] _heap = new TimerEntry[64];
    private int _count;
    private long _armedFor = NotArmed;
    private bool _disposed;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="time">Clock and source of the one timer.</param>
    /// <param name="onFault">Told of an exception that an entry threw; the other entries go on. Must not throw.</param>
    public TimerQueue(TimeProvider time, Action<Exception>? onFault = null)
    {
        _time = time;
        _onFault = onFault;
        _perTimeSpanTick = time.TimestampFrequency % TimeSpan.TicksPerSecond == 0 ? time.TimestampFrequency / TimeSpan.TicksPerSecond : 0;
        _timer = time.CreateTimer(static state => ((TimerQueue)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The clock of all due times here.</summary>
    public TimeProvider Time => _time;

    /// <summary>How many entries wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>By how much the earliest entry is overdue; zero when nothing is. A large value means that no timer thread gets to run.</summary>
    public TimeSpan Overdue
    {
        get
        {
            lock (_lock)
            {
                var now = _time.GetTimestamp();
                return _count > 0 && _heap[0].Due < now ? _time.GetElapsedTime(_heap[0].Due, now) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>The timestamp that lies this far ahead of now; the end of time when there is none.</summary>
    public long After(TimeSpan delay)
    {
        var now = _time.GetTimestamp();
        var ticks = ToTicks(delay);
        return ticks > long.MaxValue - now ? long.MaxValue : now + ticks;
    }

    /// <summary>A duration in the clock's timestamp units, exact for whole units; a duration too long for them is cut to the longest.</summary>
    /// <remarks>In whole numbers: by way of a double 0.29 s would lose a unit, and a period of it would drift.</remarks>
    public long ToTicks(TimeSpan duration)
    {
        var exact = _perTimeSpanTick > 0
            ? (Int128)duration.Ticks * _perTimeSpanTick
            : (Int128)duration.Ticks * _time.TimestampFrequency / TimeSpan.TicksPerSecond;
        return (long)Int128.Clamp(exact, long.MinValue, long.MaxValue);
    }

    /// <summary>Queues an entry, or moves it when it is queued already. Does nothing after disposal.</summary>
    public void Schedule(TimerEntry entry, long due)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            if (entry.Position == TimerEntry.NotQueued)
            {
                if (_count == _heap.Length)
                {
                    Array.Resize(ref _heap, _count * 2);
                }

                entry.Due = due;
                Place(entry, _count++);
                SiftUp(entry.Position);
            }
            else
            {
                var earlier = due < entry.Due;
                entry.Due = due;
                if (earlier)
                {
                    SiftUp(entry.Position);
                }
                else
                {
                    SiftDown(entry.Position);
                }
            }

            ArmNeedsLock();
        }
    }

    /// <summary>Takes an entry out.</summary>
    /// <returns>False when it was not queued: it never was, or its <see cref="TimerEntry.OnDue"/> has run or is about to.</returns>
    public bool Cancel(TimerEntry entry)
    {
        lock (_lock)
        {
            if (entry.Position == TimerEntry.NotQueued)
            {
                return false;
            }

            RemoveNeedsLock(entry);
            return true;
        }
    }

    /// <summary>Forgets every entry and stops the timer.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            for (var i = 0; i < _count; i++)
            {
                _heap[i].Position = TimerEntry.NotQueued;
            }

            Array.Clear(_heap);
            _count = 0;
        }

        _timer.Dispose();
    }

    private void OnTimer()
    {
        // A TimeProvider may call back from inside Change (FakeTimeProvider does, when the wait is zero): no entry may run under
        // the lock, because what it takes for itself would then be taken in the wrong order.
        if (_lock.IsHeldByCurrentThread)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.OnTimer(), this, preferLocal: false);
            return;
        }

        while (TryTakeDue(out var entry, out var due, out var now))
        {
            try
            {
                entry.OnDue(due, now);
            }
#pragma warning disable CA1031 // One entry's bug must not stop the clock of all the others.
            catch (Exception exception)
            {
                _onFault?.Invoke(exception);
            }
#pragma warning restore CA1031
        }
    }

    private bool TryTakeDue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TimerEntry? entry, out long due, out long now)
    {
        lock (_lock)
        {
            now = _time.GetTimestamp();
            if (_count > 0 && _heap[0].Due <= now)
            {
                entry = _heap[0];
                due = entry.Due;
                RemoveNeedsLock(entry);
                return true;
            }

            entry = null;
            due = 0;
            _armedFor = NotArmed;
            if (!_disposed)
            {
                ArmNeedsLock();
            }

            return false;
        }
    }

    private void ArmNeedsLock()
    {
        // A timer that is armed for an entry which was cancelled since fires once for nothing: cheaper than setting it again at each cancel.
        if (_count == 0 || _heap[0].Due >= _armedFor)
        {
            return;
        }

        _armedFor = _heap[0].Due;
        var wait = Math.Max(0, _armedFor - _time.GetTimestamp());
        var milliseconds = Math.Ceiling(wait * 1000.0 / _time.TimestampFrequency);
        // Very distant entries: wake once a day and look again.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Min(milliseconds, 86_400_000)), Timeout.InfiniteTimeSpan);
    }

    private void RemoveNeedsLock(TimerEntry entry)
    {
        var position = entry.Position;
        entry.Position = TimerEntry.NotQueued;
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (position == _count)
        {
            return;
        }

        Place(last, position);
        SiftUp(position);
        SiftDown(last.Position);
    }

    private void SiftUp(int position)
    {
        var entry = _heap[position];
        while (position > 0)
        {
            var parent = (position - 1) / 2;
            if (_heap[parent].Due <= entry.Due)
            {
                break;
            }

            Place(_heap[parent], position);
            position = parent;
        }

        Place(entry, position);
    }

    private void SiftDown(int position)
    {
        var entry = _heap[position];
        while (true)
        {
            var child = (2 * position) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _heap[child + 1].Due < _heap[child].Due)
            {
                child++;
            }

            if (_heap[child].Due >= entry.Due)
            {
                break;
            }

            Place(_heap[child], position);
            position = child;
        }

        Place(entry, position);
    }

    private void Place(TimerEntry entry, int position)
    {
        _heap[position] = entry;
        entry.Position = position;
    }
}
