namespace ZmqExporter.Limits;

/// <summary>
/// Keeps a process whose memory is limited below its limit: it says when there is room for no more targets, judged by what those before have
/// really taken and will grow by, and when there is so little left that what is large has to be given up. Once an allocation fails, any may fail, also
/// those of the runtime, and the process ends. What answers for messages and responses is thread-safe, the rest is not.
/// </summary>
internal sealed class MemoryGuard
{
    /// <summary>How soon after a collection another one is made for a message, at the earliest.</summary>
    public static readonly TimeSpan MessagePause = TimeSpan.FromMilliseconds(250);

    /// <summary>And for a response.</summary>
    public static readonly TimeSpan ResponsePause = TimeSpan.FromMilliseconds(50);

    /// <summary>What a target takes, in bytes, beyond what it was made with, once it is probed and shown: its connection, its buckets, its part of
    /// a scrape. The benchmark "scale" measures 7 kB a target in all, and a new one has about 2 kB.</summary>
    public const long Growth = 6 << 10;

    // Everything stands still while one is made: however large the heap is, that is to be a small part of the time.
    private const int PauseFactor = 10;

    // Counting what lives takes milliseconds: a few targets more or less do not matter.
    private const int Step = 32;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<long> _used;
    private readonly Action _collect;
    private readonly long _mostForTargets;
    private readonly long _mostForMessages;
    private readonly long _mostForResponses;
    private int _asked; // and not grown yet
    private int _sinceLook;
    private Timestamp? _collectedAt;
    private TimeSpan _collectionTook;

    /// <param name="limit">How many bytes managed objects may take.</param>
    /// <param name="used">How many they take now, with those that wait for their collection.</param>
    /// <param name="collect">Collects these.</param>
    /// <param name="time">The clock.</param>
    public MemoryGuard(long limit, Func<long> used, Action collect, TimeProvider time)
    {
        Limit = limit;
        _used = used;
        _collect = collect;
        _time = time;

        // What is left is for replies, scrapes, and objects that wait for their collection: half of a small limit, a quarter of a large one.
        const long Mega = 1 << 20;
        _mostForTargets = Math.Max(limit / 2, (limit / 4 * 3) - (32 * Mega));

        // Servers may send as much as they like: scrapes must go on beside them.
        _mostForMessages = Math.Max(limit / 10 * 7, (limit / 10 * 9) - (32 * Mega));
        _mostForResponses = Math.Max(limit / 100 * 85, (limit / 100 * 95) - (16 * Mega));
    }

    /// <summary>How many bytes managed objects may take: <c>DOTNET_GCHeapHardLimit</c>, what a container's limit leaves, or the machine's memory.</summary>
    public long Limit { get; }

    /// <summary>Whether that is so little that nothing is kept for later.</summary>
    public bool IsSmall => Limit < 512 << 20;

    /// <summary>What messages that are still coming may take together: two of the largest at least, which need twice their size while they come.</summary>
    public long ForMessages => Math.Max(4 << 20, Limit / 16);

    /// <summary>The same where a module allows larger messages: two of them, as far as that is no more than a quarter of all.</summary>
    /// <param name="largest">The largest that is allowed.</param>
    public long ForMessagesOf(int largest) => Math.Max(ForMessages, Math.Min(4L * largest, Limit / 4));

    /// <summary>Whether a target was refused. There is room for none after it, until <see cref="BeginTargets"/> says otherwise.</summary>
    public bool IsFull { get; private set; }

    /// <summary>That of this process.</summary>
    public static MemoryGuard OfThisProcess(TimeProvider time) => new(
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        static () => GC.GetTotalMemory(forceFullCollection: false),
        static () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true),
        time);

    /// <summary>Targets are going to be added: some may have gone since others were refused, and whether there is room is asked again.</summary>
    /// <param name="growing">How many of those that are there have not been probed yet, and will grow.</param>
    public void BeginTargets(int growing)
    {
        (_asked, _sinceLook) = (growing, 0);
        lock (_lock)
        {
            IsFull = IsFull && WillUse() > _mostForTargets && !MayCollectNeedsLock(TimeSpan.Zero);
        }
    }

    /// <summary>Whether there is room for one more target.</summary>
    public bool HasRoom()
    {
        _asked++;
        if (!IsFull && _sinceLook++ % Step == 0 && WillUse() > _mostForTargets)
        {
            lock (_lock)
            {
                CollectNeedsLock();
            }

            IsFull = WillUse() > _mostForTargets;
        }

        return !IsFull;
    }

    /// <summary>There was none after all.</summary>
    public void Exhausted() => IsFull = true;

    /// <summary>Whether so little is left that no more of a large message may be taken. May take the time of a collection.</summary>
    public bool IsShortForMessages() => IsAbove(_mostForMessages, MessagePause);

    /// <summary>Whether so little is left that no response may be rendered. May take the time of a collection.</summary>
    public bool IsShortForResponses() => IsAbove(_mostForResponses, ResponsePause);

    private long WillUse() => _used() + (_asked * Growth);

    private bool IsAbove(long most, TimeSpan pause)
    {
        if (_used() <= most)
        {
            return false;
        }

        lock (_lock)
        {
            if (MayCollectNeedsLock(pause))
            {
                CollectNeedsLock();
            }
        }

        return _used() > most;
    }

    private bool MayCollectNeedsLock(TimeSpan pause) => _collectedAt is not { } last
        || Timestamp.Now(_time) - last >= TimeSpan.FromTicks(Math.Max(pause.Ticks, _collectionTook.Ticks * PauseFactor));

    private void CollectNeedsLock()
    {
        var now = Timestamp.Now(_time);
        _collect();
        _collectedAt = Timestamp.Now(_time);
        _collectionTook = _collectedAt.Value - now;
    }
}
