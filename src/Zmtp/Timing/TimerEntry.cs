namespace Zmtp.Timing;

/// <summary>Something that becomes due once. Entries are intrusive: scheduling one allocates nothing.</summary>
public abstract class TimerEntry
{
    /// <summary>The position of an entry that does not wait.</summary>
    internal const int NotQueued = -1;

    internal int Position = NotQueued;
    internal Timestamp Due; // when it was queued for last

    /// <summary>Runs when the entry is due, on a thread-pool thread that serves every entry: it must not block, nor close a socket, which can take its time, nor take a lock under which somebody else does so.</summary>
    /// <param name="due">When it was due, on the queue's clock.</param>
    /// <param name="now">When it was found to be due; the difference is how late we are.</param>
    protected internal abstract void OnDue(Timestamp due, Timestamp now);
}
