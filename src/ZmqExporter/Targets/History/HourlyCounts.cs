namespace ZmqExporter.Targets.History;

/// <summary>How many probes of each of the last hours were answered: up to 672 bytes. Not thread-safe; a field that is not read-only.</summary>
/// <remarks>
/// Hours are those of UTC. An hour with more probes than two bytes can say (an interval below 55 ms) keeps their ratio: no miss becomes none.
/// </remarks>
internal struct HourlyCounts()
{
    /// <summary>How many hours are kept: a week.</summary>
    public const int Hours = 7 * 24;

    private const int FirstLength = 4;
    private const int Bits = 16;
    private const uint Most = ushort.MaxValue;

    private uint[] _past = []; // probes and misses of the hours before the current one, the oldest first
    private int _pastCount;
    private long _hour = -1; // since the epoch; -1 before the first result
    private HourCounts _now;

    /// <summary>Counts a result that says something of the target.</summary>
    /// <param name="at">When the probe ended. When the clock was ahead and was set back, what was counted for hours to come belongs to the one that it is.</param>
    /// <param name="isAnswer">Whether it was answered.</param>
    public void Add(DateTimeOffset at, bool isAnswer)
    {
        MoveTo(at.UtcTicks / TimeSpan.TicksPerHour);
        _now = new HourCounts(_now.Probes + 1, _now.Misses + (isAnswer ? 0 : 1));
    }

    /// <summary>The hours that are kept, the oldest first; the last one is not over yet. Empty before the first result.</summary>
    public readonly HourlySnapshot Snapshot() => _hour < 0
        ? HourlySnapshot.Empty
        : new HourlySnapshot(
            new DateTimeOffset((_hour - _pastCount) * TimeSpan.TicksPerHour, TimeSpan.Zero),
            [.. _past.AsSpan(0, _pastCount).ToArray().Select(Unpack), _now]);

    /// <summary>Goes on from what an earlier process kept; before the first result.</summary>
    public void Restore(HourlySnapshot snapshot)
    {
        if (snapshot.Hours.IsEmpty)
        {
            return;
        }

        var hour = snapshot.First.UtcTicks / TimeSpan.TicksPerHour;
        foreach (var counts in snapshot.Hours.TakeLast(Hours))
        {
            MoveTo(hour++);
            _now = counts;
        }
    }

    private void MoveTo(long hour)
    {
        if (_hour < 0 || hour - _hour >= Hours)
        {
            (_hour, _pastCount, _now) = (hour, 0, default); // whatever was before is too old
            return;
        }

        for (; _hour < hour; _hour++)
        {
            Push(Pack(_now));
            _now = default;
        }

        for (; _hour > hour && _pastCount > 0; _hour--)
        {
            _now += Unpack(_past[--_pastCount]);
        }

        _hour = hour; // what is left after a clock that was far ahead began later than this
    }

    private void Push(uint hour)
    {
        if (_pastCount == Hours - 1)
        {
            _past.AsSpan(1, _pastCount - 1).CopyTo(_past);
            _pastCount--;
        }
        else if (_pastCount == _past.Length)
        {
            Array.Resize(ref _past, Math.Min(Hours - 1, Math.Max(FirstLength, 2 * _pastCount)));
        }

        _past[_pastCount++] = hour;
    }

    private static uint Pack(HourCounts counts)
    {
        if (counts.Probes <= Most)
        {
            return ((uint)counts.Probes << Bits) | (uint)counts.Misses;
        }

        var misses = (uint)Math.Ceiling((double)counts.Misses * Most / counts.Probes);
        return (Most << Bits) | (counts.Misses < counts.Probes ? Math.Min(misses, Most - 1) : Most);
    }

    private static HourCounts Unpack(uint packed) => new(packed >> Bits, packed & Most);
}
