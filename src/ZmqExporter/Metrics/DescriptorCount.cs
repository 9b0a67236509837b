using System.IO.Enumeration;

namespace ZmqExporter.Metrics;

/// <summary>Counts the open file descriptors of this process on Linux. Thread-safe.</summary>
/// <remarks>The kernel lists them one by one, which takes long with tens of thousands. A count is therefore kept for a hundred
/// times as long as it took: frequent scrapes cost at most one percent of a core.</remarks>
internal sealed class DescriptorCount(TimeProvider time)
{
    private const int KeepFactor = 100;

    private readonly Lock _gate = new();
    private int _count;
    private long _countedAt;
    private TimeSpan _keepFor = TimeSpan.MinValue;

    /// <summary>The count.</summary>
    public int Read()
    {
        lock (_gate)
        {
            var start = time.GetTimestamp();
            if (time.GetElapsedTime(_countedAt, start) >= _keepFor)
            {
                _count = Count();
                _countedAt = time.GetTimestamp();
                _keepFor = time.GetElapsedTime(start, _countedAt) * KeepFactor;
            }

            return _count;
        }
    }

    private static int Count() =>
        new FileSystemEnumerable<bool>("/proc/self/fd", static (ref FileSystemEntry _) => true).Count() - 1; // less the one that lists
}
