namespace ZmqExporter.NetMqWorker;

/// <summary>Whether a worker's memory is short, and whose doing that is. Not thread-safe.</summary>
internal sealed class MemoryWatch
{
    private const long CollectionPeriod = 1000; // ms
    private const long LeastFlood = 1 << 20;

    private readonly long _limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    private long _collected;

    /// <summary>Whether more than half of what there is, is in use: garbage does not count.</summary>
    /// <param name="now">The present, in milliseconds.</param>
    public bool IsShort(long now)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) <= _limit / 2 || now - _collected < CollectionPeriod)
        {
            return false;
        }

        _collected = now;
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false) > _limit / 2;
    }

    /// <summary>Who holds most of what came without a whole message; nobody who may as well be in the middle of one that is allowed.</summary>
    /// <param name="all">All that may be.</param>
    /// <param name="weigh">How much one holds, and how much would be a flood; in bytes.</param>
    public static T? Heaviest<T>(IEnumerable<T> all, Func<T, (long Pending, long Flood)> weigh)
        where T : class => all.Where(one => weigh(one) is var (pending, flood) && pending > Math.Max(LeastFlood, flood / 2)).MaxBy(one => weigh(one).Pending);
}
