using System.Diagnostics.CodeAnalysis;

namespace Zmtp.Timing;

/// <summary>
/// Due times of any number of entries behind one operating system timer. Adding, moving and cancelling cost O(log n) and
/// a wake-up looks only at what is due, so the cost does not grow with the number of idle entries. Thread-safe.
/// </summary>
/// <remarks>
/// Most deadlines are cancelled long before they are due, so entries have to be found again: a heap without that would fill with dead
/// ones. .NET's own timers scan all of them every third of a second.
/// </remarks>
public sealed class TimerQueue : IDisposable
{
    // Very distant entries: wake once a day and look again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>
    /// How long after a wake-up that found something the next one comes at the earliest. Waking up costs as much as an entry or two: where
    /// thousands are due each second, those of this time share one. Where they are rare, each comes on time.
    /// </summary>
    internal static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(4);

    private readonly Lock _lock = new();
    private readonly TimerHeap _heap = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Action<Exception>? _onFault;
    private Timestamp _armedFor = Timestamp.Never;
    private Timestamp _foundDueAt;
    private bool _disposed;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="time">Clock and source of the one timer.</param>
    /// <param name="onFault">Is given an exception that an entry threw; the other entries go on. Must not throw.</param>
    public TimerQueue(TimeProvider time, Action<Exception>? onFault = null)
    {
        _time = time;
        _onFault = onFault;
        _timer = time.CreateTimer(static state => ((TimerQueue)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The clock of all due times here.</summary>
    public TimeProvider Time => _time;

    /// <summary>The present, on that clock.</summary>
    public Timestamp Now => Timestamp.Now(_time);

    /// <summary>How many entries wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _heap.Count;
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
                return _heap.Count == 0 ? TimeSpan.Zero : TimeSpan.Max(TimeSpan.Zero, Now - _heap.FirstDue);
            }
        }
    }

    /// <summary>The instant that lies this far ahead of now; the end of time when there is none.</summary>
    public Timestamp After(TimeSpan delay) => Now + delay;

    /// <summary>Queues an entry, or moves it when it is queued already. Does nothing after disposal.</summary>
    public void Schedule(TimerEntry entry, Timestamp due)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _heap.Set(entry, due);
                ArmNeedsLock();
            }
        }
    }

    /// <summary>When an entry was queued for last, once its timer is set. For tests.</summary>
    internal Timestamp DueOf(TimerEntry entry)
    {
        lock (_lock)
        {
            return entry.Due;
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

            _heap.Remove(entry);
            return true;
        }
    }

    /// <summary>Forgets every entry and stops the timer.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _heap.Clear();
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

    private bool TryTakeDue([NotNullWhen(true)] out TimerEntry? entry, out Timestamp due, out Timestamp now)
    {
        lock (_lock)
        {
            now = Now;
            if (_heap.Count > 0 && _heap.FirstDue <= now)
            {
                _foundDueAt = now;
                entry = _heap.First;
                due = entry.Due;
                _heap.Remove(entry);
                return true;
            }

            entry = null;
            due = default;
            _armedFor = Timestamp.Never;
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
        if (_heap.Count == 0 || _heap.FirstDue >= _armedFor)
        {
            return;
        }

        _armedFor = _heap.FirstDue;
        var at = Timestamp.Max(_armedFor, _foundDueAt + LeastPause);
        var wait = TimeSpan.Min(TimeSpan.Max(TimeSpan.Zero, at - Now), LongestWait);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
