namespace ZmqExporter.NetMqWorker;

/// <summary>Whether a worker's memory is short, and whose doing that is. Not thread-safe.</summary>
internal sealed class MemoryWatch
{
    private const long CollectionPeriod = 1000; // ms
    private const long LeastFlood = 1 << 20;

    private readonly long _limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    private long _collected;

    /// <summary>How much more than half of what there is, is in use, in bytes: garbage does not count. At most each second.</summary>
    /// <param name="now">The present, in milliseconds.</param>
    public long Excess(long now)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) <= _limit / 2 || now - _collected < CollectionPeriod)
        {
            return 0;
        }

        _collected = now;
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false) - (_limit / 2);
    }

    /// <summary>Those that hold most of what came without a whole message, as many as together hold the excess.</summary>
    /// <param name="all">All that may be.</param>
    /// <param name="pending">How much one holds, in bytes.</param>
    /// <param name="excess">How much is too much, in bytes.</param>
    public static IEnumerable<T> Heaviest<T>(IEnumerable<T> all, Func<T, long> pending, long excess)
    {
        foreach (var one in all.Where(one => pending(one) > LeastFlood).OrderByDescending(pending))
        {
            if (excess <= 0)
            {
                yield break;
            }

            excess -= pending(one);
            yield return one;
        }
    }
}
