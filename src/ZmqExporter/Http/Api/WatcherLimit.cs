namespace ZmqExporter.Http.Api;

/// <summary>Bounds how many watch the events at a time: each holds a connection of its own. Thread-safe.</summary>
/// <param name="most">How many.</param>
internal sealed class WatcherLimit(int most)
{
    private int _watchers;

    /// <summary>How many there may be.</summary>
    public int Most => most;

    /// <summary>One more, if there is room; then <see cref="Leave"/> has to follow.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _watchers) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>One less.</summary>
    public void Leave() => Interlocked.Decrement(ref _watchers);
}
