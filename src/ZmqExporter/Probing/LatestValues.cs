using System.Runtime.InteropServices;
using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>The numbers of a feed: the latest one of each series that the feed still has. Thread-safe.</summary>
/// <remarks>
/// A list says all that its entry has: what an earlier one with the same placed labels had, and the latest does not, is gone. A single number that a message
/// does not have may be that of another kind of messages, so it is gone once such messages have come without it for
/// <see cref="MappingWindows.UnmappedAfter"/>; and so is a list.
/// </remarks>
internal sealed class LatestValues(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ValueSample, Series> _series = new(SeriesComparer.Instance);
    private readonly Dictionary<ListKey, List<Series>> _lists = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal); // of a metric
    private long _message;
    private int _dropped;

    /// <summary>Takes those of the next message.</summary>
    public void Add(MessageValues values)
    {
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            _message++;
            _dropped += values.Dropped;
            foreach (var sample in values.Samples)
            {
                if (_series.TryGetValue(sample, out var series))
                {
                    series.Take(sample, _message, now);
                }
            }

            // What is gone makes room for what is new.
            foreach (var list in values.Lists)
            {
                EndNeedsLock(list, now);
            }

            foreach (var absent in values.Absent)
            {
                if (_series.TryGetValue(absent, out var series) && ReferenceEquals(series.Sample.Value, absent.Value) && series.IsOld(now))
                {
                    RemoveNeedsLock(series);
                }
            }

            foreach (var sample in values.Samples)
            {
                AddNeedsLock(sample, now);
            }

            foreach (var list in values.Lists)
            {
                BeginNeedsLock(list, values);
            }
        }
    }

    /// <summary>Forgets what an entry had: it found nothing for <see cref="MappingWindows.UnmappedAfter"/>.</summary>
    public void Forget(ValueConfig value)
    {
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            foreach (var series in _series.Values.Where(series => ReferenceEquals(series.Sample.Value, value) && series.IsOld(now)).ToList())
            {
                RemoveNeedsLock(series);
            }

            foreach (var (key, list) in _lists)
            {
                if (ReferenceEquals(key.Value, value) && list.TrueForAll(series => series.IsGone))
                {
                    _lists.Remove(key); // a dictionary may lose keys while it is read
                }
            }
        }
    }

    /// <summary>Forgets them, so that they take no room from those that come.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _series.Clear();
            _lists.Clear();
            _counts.Clear();
        }
    }

    /// <summary>All of them; what was dropped is counted from here on.</summary>
    public MessageValues Take()
    {
        lock (_lock)
        {
            var taken = new MessageValues([.. _series.Values.Select(series => series.Sample)], _dropped);
            _dropped = 0;
            return taken;
        }
    }

    private void AddNeedsLock(ValueSample sample, Timestamp now)
    {
        if (_series.ContainsKey(sample))
        {
            return; // taken above
        }

        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, sample.Value.Metric, out _);
        if (count >= sample.Value.MaxSeries)
        {
            _dropped++;
            return;
        }

        count++;
        var series = new Series(sample);
        series.Take(sample, _message, now);
        _series.Add(sample, series);
    }

    private void RemoveNeedsLock(Series series)
    {
        if (!series.IsGone)
        {
            series.IsGone = true;
            _series.Remove(series.Sample);
            _counts[series.Sample.Value.Metric]--;
        }
    }

    // Removes what the list before this one had alone.
    private void EndNeedsLock(MessageList list, Timestamp now)
    {
        var key = new ListKey(list.Value, list.Placed);
        if (!_lists.TryGetValue(key, out var before))
        {
            return;
        }

        foreach (var series in before)
        {
            // Another entry may have taken it over.
            if (series.Message != _message && ReferenceEquals(series.Sample.Value, list.Value) && (list.IsThere || series.IsOld(now)))
            {
                RemoveNeedsLock(series);
            }
        }

        if (list.IsThere || before.TrueForAll(series => series.IsGone))
        {
            _lists.Remove(key);
        }
    }

    private void BeginNeedsLock(MessageList list, MessageValues values)
    {
        var own = new List<Series>(list.Count);
        foreach (var sample in values.Samples.AsSpan().Slice(list.Start, list.Count))
        {
            if (_series.TryGetValue(sample, out var series))
            {
                own.Add(series);
            }
        }

        if (own.Count > 0)
        {
            _lists[new ListKey(list.Value, list.Placed)] = own;
        }
    }

    /// <summary>A list that is told from others by the entry and by what does not stand in its items.</summary>
    private readonly record struct ListKey(ValueConfig Value, EquatableArray<string> Placed)
    {
        public bool Equals(ListKey other) => ReferenceEquals(Value, other.Value) && Placed.Equals(other.Placed);

        public override int GetHashCode() => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Value), Placed);
    }

    private sealed class Series(ValueSample first)
    {
        private Timestamp _time;

        public ValueSample Sample { get; private set; } = first;

        public long Message { get; private set; } // the last one that had it

        public bool IsGone { get; set; }

        public void Take(ValueSample sample, long message, Timestamp now) => (Sample, Message, _time) = (sample, message, now);

        public bool IsOld(Timestamp now) => now - _time >= MappingWindows.UnmappedAfter;
    }
}
