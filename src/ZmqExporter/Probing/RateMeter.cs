namespace ZmqExporter.Probing;

/// <summary>
/// Counts what came within a window that slides in twentieths. It counts what came up to two twentieths before the window, too: a feed of exactly the
/// rate that is asked for is not too slow because a message was a moment early or late. Not thread-safe.
/// </summary>
internal sealed class RateMeter
{
    private const int SlotsOfWindow = 20;
    private const int Slots = SlotsOfWindow + 2;

    private readonly long[] _counts = new long[Slots];
    private readonly long _slotLength;
    private readonly double _windowSeconds;
    private long _slot;

    /// <param name="window">The window.</param>
    public RateMeter(TimeSpan window)
    {
        _windowSeconds = window.TotalSeconds;
        _slotLength = Math.Max(1, window.Ticks / SlotsOfWindow);
    }

    /// <summary>Counts some more.</summary>
    public void Add(Timestamp timestamp, long count)
    {
        Advance(timestamp);
        _counts[_slot % Slots] += count;
    }

    /// <summary>How many came within the window.</summary>
    public long Count(Timestamp timestamp)
    {
        Advance(timestamp);
        return _counts.Sum();
    }

    /// <summary>The same by the second.</summary>
    public double PerSecond(Timestamp timestamp) => Count(timestamp) / _windowSeconds;

    private void Advance(Timestamp timestamp)
    {
        var slot = timestamp.Ticks / _slotLength;
        for (var passed = Math.Min(slot - _slot, Slots); passed > 0; passed--)
        {
            _counts[(slot - passed + 1) % Slots] = 0;
        }

        _slot = Math.Max(_slot, slot);
    }
}
