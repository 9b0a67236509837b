namespace ZmqExporter.Http.Protection;

/// <summary>A bounded set of keyed hashes: what came first leaves first. Thread-safe.</summary>
/// <param name="most">The most that it holds.</param>
internal sealed class KeyedSet(int most)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Whether a hash is there. How long that takes tells only of the hash, whose key nobody knows.</summary>
    public bool Contains(ReadOnlySpan<byte> hash)
    {
        lock (_gate)
        {
            return _members.Contains(Convert.ToHexString(hash));
        }
    }

    /// <summary>Adds a hash.</summary>
    public void Add(ReadOnlySpan<byte> hash)
    {
        var member = Convert.ToHexString(hash);
        lock (_gate)
        {
            if (!_members.Add(member))
            {
                return;
            }

            _order.Enqueue(member);
            if (_order.Count > most)
            {
                _members.Remove(_order.Dequeue());
            }
        }
    }
}
