namespace ZmqExporter.Http.Api;

/// <summary>Bounds how many watch the events at a time, overall and by client address: each holds a connection of its own. Thread-safe.</summary>
/// <param name="most">How many.</param>
/// <param name="mostOfOne">How many of one address.</param>
internal sealed class WatcherLimit(int most, int mostOfOne)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClientAddress, int> _watchers = [];
    private int _all;

    /// <summary>One more, if there is room; then <see cref="Leave"/> has to follow.</summary>
    /// <param name="address">Whose.</param>
    /// <returns>Null, or why there is no room.</returns>
    public string? TryEnter(ClientAddress address)
    {
        lock (_lock)
        {
            var own = _watchers.GetValueOrDefault(address);
            if (own >= mostOfOne)
            {
                return $"{own} programs and browsers of your address ({address}) watch already";
            }

            if (_all >= most)
            {
                return $"{_all} programs and browsers watch already";
            }

            _watchers[address] = own + 1;
            _all++;
            return null;
        }
    }

    /// <summary>One less.</summary>
    /// <param name="address">Whose.</param>
    public void Leave(ClientAddress address)
    {
        lock (_lock)
        {
            _all--;
            if (--_watchers[address] == 0)
            {
                _watchers.Remove(address);
            }
        }
    }
}
