namespace ZmqExporter.Messaging.NetMq;

/// <summary>How often NetMQ may be built again: each time leaks descriptors. Not thread-safe.</summary>
internal sealed class RestartCap(TimeProvider time)
{
    /// <summary>The most restarts in <see cref="Window"/>.</summary>
    public const int Max = 20;

    /// <summary>Restarts that lie further back do not count.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Queue<Timestamp> _restarts = new();

    /// <summary>Counts one.</summary>
    /// <returns>False when there were too many.</returns>
    public bool TryTake()
    {
        while (_restarts.TryPeek(out var oldest) && oldest.Elapsed(time) > Window)
        {
            _restarts.Dequeue();
        }

        if (_restarts.Count >= Max)
        {
            return false;
        }

        _restarts.Enqueue(Timestamp.Now(time));
        return true;
    }
}
