namespace ZmqExporter.Messaging.Zmtp;

/// <summary>
/// How many connections the process keeps only to see late replies: in an outage of many servers at once, curiosity must not
/// use up the descriptors that probing needs. Thread-safe.
/// </summary>
internal sealed class LateReplyBudget
{
    private const int Max = 1024;

    private int _used;

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _used) <= Max)
        {
            return true;
        }

        Interlocked.Decrement(ref _used);
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void Return() => Interlocked.Decrement(ref _used);
}
