namespace ZmqExporter.Http;

/// <summary>Lets one log line through a minute, and counts those that it holds back. Thread-safe.</summary>
/// <param name="time">For the minute.</param>
internal sealed class MinuteLog(TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _lastAt;
    private long _heldBack;

    /// <summary>Whether a line may be logged now.</summary>
    /// <param name="heldBack">If so, how many were held back since the last one.</param>
    public bool MayLog(out long heldBack)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_lastAt is { } last && time.GetElapsedTime(last, now) < Minute)
            {
                heldBack = ++_heldBack;
                return false;
            }

            heldBack = _heldBack;
            _heldBack = 0;
            _lastAt = now;
            return true;
        }
    }
}
