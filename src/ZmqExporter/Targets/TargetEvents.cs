using System.Collections.Immutable;
using System.Threading.Channels;
using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets.History;

namespace ZmqExporter.Targets;

/// <summary>The changes of state of all targets: the last ones, and each as it comes for whoever watches. Thread-safe.</summary>
/// <param name="first">The number before the first one: the start's time, so that no two processes have the same.</param>
internal sealed class TargetEvents(long first = 0)
{
    /// <summary>How many are kept.</summary>
    public const int Most = 1000;

    /// <summary>How many may wait for one watcher; a slower one misses some, which their numbers show.</summary>
    public const int MostWaiting = 1000;

    private const int MostDetail = 500; // characters

    private readonly Lock _lock = new();
    private readonly List<Channel<TargetEvent>> _watchers = [];
    private Ring<TargetEvent> _last = new(Most);
    private long _count = first;

    /// <summary>The number of the newest one.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Adds one. Never waits.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="transition">From where to where.</param>
    /// <param name="at">When.</param>
    /// <param name="result">What the probe said that made it.</param>
    public void Add(TargetKey key, TargetTransition transition, DateTimeOffset at, ProbeResult result)
    {
        var detail = result.Detail.Length <= MostDetail ? result.Detail : result.Detail[..MostDetail];
        lock (_lock)
        {
            var added = new TargetEvent(++_count, at, key, transition.Before, transition.After, result.Reason, detail);
            _last.Add(added);
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(added); // drops the oldest that waits
            }
        }
    }

    /// <summary>Those after a number, the oldest first.</summary>
    /// <param name="after">The number; 0 for all that are kept.</param>
    /// <param name="newest">The number of the newest there is.</param>
    public ImmutableArray<TargetEvent> After(long after, out long newest)
    {
        lock (_lock)
        {
            newest = _count;
            return [.. _last.Snapshot().Where(kept => kept.Id > after)];
        }
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="after">The last one that the watcher knows; those that are kept and came after it wait for it already.</param>
    public EventWatch Watch(long? after = null)
    {
        var channel = Channel.CreateBounded<TargetEvent>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            foreach (var kept in after is { } last ? _last.Snapshot().Where(kept => kept.Id > last) : [])
            {
                channel.Writer.TryWrite(kept);
            }

            _watchers.Add(channel);
        }

        return new EventWatch(channel.Reader, () =>
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        });
    }
}

/// <summary>A change of one target's state. Immutable.</summary>
/// <param name="Id">A number that grows by one with each.</param>
/// <param name="At">When.</param>
/// <param name="Key">Whose.</param>
/// <param name="Before">The state that ended.</param>
/// <param name="After">The state that began.</param>
/// <param name="Reason">Why the probe that made it failed; null when it was answered.</param>
/// <param name="Detail">What that probe said, in words; may be empty.</param>
internal sealed record TargetEvent(
    long Id, DateTimeOffset At, TargetKey Key, TargetState Before, TargetState After, FailureReason? Reason, string Detail);

/// <summary>Somebody who watches changes. Disposal ends it.</summary>
/// <param name="events">The changes as they come.</param>
/// <param name="end">Ends it.</param>
internal sealed class EventWatch(ChannelReader<TargetEvent> events, Action end) : IDisposable
{
    /// <summary>The changes as they come.</summary>
    public ChannelReader<TargetEvent> Events { get; } = events;

    /// <inheritdoc />
    public void Dispose() => end();
}
