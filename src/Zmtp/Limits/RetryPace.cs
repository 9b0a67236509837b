using Zmtp.Timing;

namespace Zmtp.Limits;

/// <summary>
/// How fast all connections of a process may be made again that nobody waits for: a network that comes back gives back thousands of them at
/// once, and those who ask have to get through. Thread-safe.
/// </summary>
internal sealed class RetryPace(TimeProvider time)
{
    // A handshake takes some 0.25 ms of CPU time on both sides: an eighth of a core.
    private const double PerSecond = 500;
    private const double Burst = 250;

    private readonly Lock _lock = new();
    private double _used;
    private Timestamp _updated = Timestamp.Now(time);

    /// <summary>Takes one, if there is one.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            var now = Timestamp.Now(time);
            _used = Math.Max(0, _used - ((now - _updated).TotalSeconds * PerSecond));
            _updated = now;
            if (_used + 1 > Burst)
            {
                return false;
            }

            _used++;
            return true;
        }
    }
}
