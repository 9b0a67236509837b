using Zmtp.Wire;

namespace Zmtp.Timing;

/// <summary>
/// The entries of a <see cref="TimerQueue"/>: a binary heap whose entries know their position, so that any of them can be moved or taken
/// out in O(log n). Not thread-safe.
/// </summary>
internal sealed class TimerHeap
{
    private TimerEntry[] _entries = new TimerEntry[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The one that is due first; only when there is one.</summary>
    public TimerEntry First => _entries[0];

    /// <summary>Adds an entry, or moves it when it is there already.</summary>
    public void Set(TimerEntry entry, Timestamp due)
    {
        if (entry.Position == TimerEntry.NotQueued)
        {
            if (Count == _entries.Length)
            {
                Array.Resize(ref _entries, Count * 2);
            }

            entry.Due = due;
            Place(entry, Count++);
            SiftUp(entry.Position);
            return;
        }

        var isEarlier = due < entry.Due;
        entry.Due = due;
        if (isEarlier)
        {
            SiftUp(entry.Position);
        }
        else
        {
            SiftDown(entry.Position);
        }
    }

    /// <summary>Takes an entry out that is there.</summary>
    public void Remove(TimerEntry entry)
    {
        var position = entry.Position;
        entry.Position = TimerEntry.NotQueued;
        var last = _entries[--Count];
        _entries[Count] = null!;
        if (position == Count)
        {
            return;
        }

        Place(last, position);
        SiftUp(position);
        SiftDown(last.Position);
    }

    /// <summary>Takes all of them out.</summary>
    public void Clear()
    {
        for (var i = 0; i < Count; i++)
        {
            _entries[i].Position = TimerEntry.NotQueued;
        }

        Array.Clear(_entries);
        Count = 0;
    }

    private void SiftUp(int position)
    {
        var entry = _entries[position];
        while (position > 0)
        {
            var parent = (position - 1) / 2;
            if (_entries[parent].Due <= entry.Due)
            {
                break;
            }

            Place(_entries[parent], position);
            position = parent;
        }

        Place(entry, position);
    }

    private void SiftDown(int position)
    {
        var entry = _entries[position];
        while (true)
        {
            var child = (2 * position) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _entries[child + 1].Due < _entries[child].Due)
            {
                child++;
            }

            if (_entries[child].Due >= entry.Due)
            {
                break;
            }

            Place(_entries[child], position);
            position = child;
        }

        Place(entry, position);
    }

    private void Place(TimerEntry entry, int position)
    {
        _entries[position] = entry;
        entry.Position = position;
    }
}
