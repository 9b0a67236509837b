namespace ZmqExporter.Probing;

/// <summary>
/// Replies that a kept connection still owes to earlier probes. A debt ends with the connection, or in time. Replies are counted on any
/// thread, all else by probes, which never overlap.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class OwedReplies(TimeProvider time)
{
    // As long as a late reply is waited for at all.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private int _count;
    private Timestamp _since;
    private Timestamp _debtor; // the connection, by when it was opened

    /// <summary>Whether there are any.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    /// <summary>A probe ended without its reply.</summary>
    public void Add()
    {
        Interlocked.Increment(ref _count);
        _since = Timestamp.Now(time);
    }

    /// <summary>A reply came that no probe waits for any more.</summary>
    public void OnReply()
    {
        if (Any)
        {
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>None will come.</summary>
    public void Clear() => Interlocked.Exchange(ref _count, 0);

    /// <summary>A probe begins on a connection.</summary>
    /// <param name="openedAt">When that was opened.</param>
    public void ForgetOld(Timestamp openedAt)
    {
        if (openedAt != _debtor || (_since.IsSet && _since.Elapsed(time) > Limit))
        {
            _debtor = openedAt;
            Clear();
            _since = Timestamp.None;
        }
    }
}
