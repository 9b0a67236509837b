namespace ZmqExporter.Messaging;

/// <summary>
/// How many connections a client keeps only to see late replies: in an outage of many servers at once, curiosity must not
/// use up the descriptors that probing needs. Thread-safe.
/// </summary>
/// <param name="max">The most, in the whole process.</param>
internal sealed class LateReplyBudget(int max)
{
    private int _used;

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _used) <= max)
        {
            return true;
        }

        Interlocked.Decrement(ref _used);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void Return() => Interlocked.Decrement(ref _used);
}
