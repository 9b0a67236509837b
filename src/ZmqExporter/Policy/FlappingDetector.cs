namespace ZmqExporter.Policy;

/// <summary>
/// Tells whether a target goes back and forth between its two settled sides: it answers (up or degraded), or it is down.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// <see cref="TargetState.Suspect"/> and <see cref="TargetState.Unknown"/> are no side: they count nothing and the side before
/// them is remembered. So up → suspect → down is one change, at the down, and up → unknown → down is one as well, because our own
/// outage does not undo what the target did. The first side that is seen is no change.
/// </remarks>
/// <param name="changes">How many changes make it flap; 0 turns it off.</param>
/// <param name="window">Within how much time.</param>
internal sealed class FlappingDetector(int changes, TimeSpan window)
{
    private enum Side : byte
    {
        Unsettled,
        Answers,
        Down,
    }

    // Only the last "changes" instants matter. Most targets never change sides, so most never get a ring.
    private Timestamp[]? _ring;
    private int _next;
    private int _count;
    private Side _side;

    /// <summary>Takes note of the state after a result.</summary>
    /// <param name="state">The state, changed or not.</param>
    /// <param name="timestamp">When; never earlier than the one before.</param>
    public void Observe(TargetState state, Timestamp timestamp)
    {
        var side = SideOf(state);
        if (side == Side.Unsettled || side == _side)
        {
            return;
        }

        var first = _side == Side.Unsettled;
        _side = side;
        if (!first)
        {
            Note(timestamp);
        }
    }

    private void Note(Timestamp timestamp)
    {
        if (changes <= 0)
        {
            return;
        }

        _ring ??= new Timestamp[changes];
        _ring[_next] = timestamp;
        _next = (_next + 1) % changes;
        _count = Math.Min(_count + 1, changes);
    }

    /// <summary>The changes that it remembers, the oldest first.</summary>
    public Timestamp[] Changes() => _ring is null ? [] : [.. Enumerable.Range(0, _count).Select(i => _ring[(_next + changes - _count + i) % changes])];

    /// <summary>Takes over what another one remembered.</summary>
    /// <param name="state">The state now.</param>
    /// <param name="earlier">The changes before, the oldest first.</param>
    public void Restore(TargetState state, IEnumerable<Timestamp> earlier)
    {
        _side = SideOf(state);
        foreach (var change in earlier)
        {
            Note(change);
        }
    }

    /// <summary>True when the last changes came within the window that ends at this timestamp.</summary>
    public bool IsFlapping(Timestamp timestamp) =>
        // In a full ring the slot that is written next holds the oldest change.
        _ring is not null && _count == changes && timestamp - _ring[_next] <= window;

    private static Side SideOf(TargetState state) => state switch
    {
        TargetState.Up or TargetState.Degraded => Side.Answers,
        TargetState.Down => Side.Down,
        _ => Side.Unsettled,
    };
}
