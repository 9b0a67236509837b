using ZmqExporter.Logging;

namespace ZmqExporter.Http;

/// <summary>
/// Lets one log line through a minute, and counts the others. What it lets through must be an event that limits itself
/// (<see cref="LogEvents.SelfLimited"/>): the limit of the log would drop it with its count when it comes a moment early. Thread-safe.
/// </summary>
/// <param name="time">For the minute.</param>
internal sealed class MinuteLog(TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Timestamp? _lastAt;
    private long _leftOut;

    /// <summary>Whether a line may be logged now.</summary>
    /// <param name="leftOut">If so, how many were left out since the last one; null for none.</param>
    public bool MayLog(out long? leftOut)
    {
        lock (_gate)
        {
            var now = Timestamp.Now(time);
            if (_lastAt is { } last && now - last < Minute)
            {
                _leftOut++;
                leftOut = null;
                return false;
            }

            leftOut = _leftOut == 0 ? null : _leftOut;
            _leftOut = 0;
            _lastAt = now;
            return true;
        }
    }
}
