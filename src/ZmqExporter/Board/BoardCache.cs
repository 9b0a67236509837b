using ZmqExporter.Targets;

namespace ZmqExporter.Board;

/// <summary>
/// The board for all who look at it: made again when it is older than a second, or a state has changed since. So many browsers cost as much
/// as one. The more targets there are, the longer it is good: looking must not cost more than probing does. Thread-safe.
/// </summary>
/// <param name="targets">What it shows.</param>
/// <param name="events">Says whether a state has changed.</param>
/// <param name="time">Its clock.</param>
internal sealed class BoardCache(TargetSet targets, TargetEvents events, TimeProvider time)
{
    private static readonly TimeSpan MostAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(100); // while states change all the time
    private static readonly TimeSpan AgePerTarget = TimeSpan.FromMilliseconds(0.5); // 5 s with ten thousand
    private const int LeastAgePart = 10;

    private readonly Lock _lock = new();
    private BoardSnapshot? _board;
    private Timestamp _made;
    private long _eventsThen;

    /// <summary>The board as it is now.</summary>
    public BoardSnapshot Take()
    {
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            var age = now - _made;
            var size = (_board?.Targets.Length ?? 0) * AgePerTarget;
            if (_board is null || age > TimeSpan.Max(MostAge, size) || (age > TimeSpan.Max(LeastAge, size / LeastAgePart) && events.Count != _eventsThen))
            {
                (_eventsThen, _made) = (events.Count, now); // before it is made, so that no change is missed
                _board = new BoardSnapshot(targets.Snapshots(withRoundTrips: false), time.GetUtcNow());
            }

            return _board;
        }
    }
}
