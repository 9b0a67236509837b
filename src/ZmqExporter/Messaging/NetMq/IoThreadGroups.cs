namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Which of NetMQ's I/O threads serves which server. When one dies, the exception does not say who did it, but the culprit is among
/// those on that thread: they are spread over threads of their own, so that the next death narrows them down, and a server that is
/// alone on its thread has done it. So a culprit is found within three deaths, also one that kills while it is idle, any number of
/// culprits at a time, and nobody is kept from being probed meanwhile. Not thread-safe.
/// </summary>
internal sealed class IoThreadGroups
{
    /// <summary>Threads that any number of servers share.</summary>
    public const int Shared = 4;

    /// <summary>The most threads. The affinity of a NetMQ socket has 63 bits.</summary>
    public const int Max = 40;

    private const int LeastSpread = 8;

    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>How many I/O threads there have to be.</summary>
    public int Count { get; private set; } = Shared;

    /// <summary>The number of a server's thread.</summary>
    public int Of(string server)
    {
        if (!_groups.TryGetValue(server, out var group))
        {
            group = _next++ % Shared;
            _groups.Add(server, group);
        }

        return group;
    }

    /// <summary>A server is not probed any more.</summary>
    public void Forget(string server) => _groups.Remove(server);

    /// <summary>A thread has died.</summary>
    /// <param name="suspects">Who had a connection on it, the most recently active first.</param>
    /// <returns>The culprit, when there can be only one.</returns>
    public string? Judge(IReadOnlyList<string> suspects)
    {
        if (suspects.Count == 0)
        {
            return null;
        }

        var free = Max - Count;
        if (free < Math.Min(suspects.Count, LeastSpread))
        {
            MergeAllBut(suspects);
            free = Max - Count;
        }

        if (suspects.Count <= free)
        {
            foreach (var suspect in suspects)
            {
                _groups[suspect] = Count++;
            }
        }
        else
        {
            Spread(suspects, free);
        }

        return suspects.Count == 1 ? suspects[0] : null;
    }

    // Half of the threads for the most recently active, one each: the usual killer does it right after the handshake.
    private void Spread(IReadOnlyList<string> suspects, int free)
    {
        var alone = free / 2;
        var shared = free - alone;
        for (var i = 0; i < suspects.Count; i++)
        {
            _groups[suspects[i]] = Count + (i < alone ? i : alone + (i % shared));
        }

        Count += free;
    }

    // What earlier deaths have taught is forgotten. It is needed only with many culprits at a time.
    private void MergeAllBut(IReadOnlyList<string> suspects)
    {
        foreach (var server in _groups.Keys.Except(suspects, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray())
        {
            _groups[server] = _next++ % Shared;
        }

        Count = Shared;
    }
}
