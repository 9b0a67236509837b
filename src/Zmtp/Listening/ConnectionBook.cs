using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>Who is connected, and how many of each address: what a new connection finds. Not thread-safe.</summary>
internal sealed class ConnectionBook(ListenerLimits limits)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly HashSet<ListenerConnection> _open = [];
    private readonly LinkedList<ListenerConnection> _pending = []; // the oldest first
    private readonly Dictionary<string, Counts> _addresses = new(StringComparer.Ordinal);

    /// <summary>How many are open.</summary>
    public int Open => _open.Count;

    /// <summary>Those that are open.</summary>
    public IReadOnlyCollection<ListenerConnection> OpenOnes => _open;

    /// <summary>Those that are not open yet, or were refused and are not closed yet.</summary>
    public IReadOnlyCollection<ListenerConnection> PendingOnes => _pending;

    /// <summary>Whether there is room for one more.</summary>
    /// <param name="group">Its address.</param>
    /// <param name="now">The time.</param>
    /// <param name="evicted">Which one the caller has to close for it, or null.</param>
    public bool TryAdmit(string group, Timestamp now, out ListenerConnection? evicted)
    {
        evicted = null;
        Prune(now);
        if (!_addresses.TryGetValue(group, out var counts))
        {
            counts = new Counts();
            _addresses.Add(group, counts);
        }

        if (now - counts.WindowStart >= Window)
        {
            counts.WindowStart = now;
            counts.New = 0;
        }

        if (++counts.New > limits.MaxNewPerSecond)
        {
            return false;
        }

        if (counts.Open >= limits.MaxOpenPerAddress || _open.Count >= limits.MaxOpen)
        {
            evicted = LongestIdle(counts.Open >= limits.MaxOpenPerAddress ? group : null, now);
            return evicted is not null;
        }

        evicted = counts.Pending >= limits.MaxPendingPerAddress ? _pending.FirstOrDefault(connection => connection.Group == group)
            : _pending.Count >= limits.MaxPending ? _pending.First!.Value
            : null;
        return true;
    }

    /// <summary>A connection begins.</summary>
    public void AddPending(ListenerConnection connection)
    {
        connection.Pending = _pending.AddLast(connection);
        CountsOf(connection).Pending++;
    }

    /// <summary>A connection has ended its handshake.</summary>
    /// <returns>Whether there is room.</returns>
    public bool TryOpen(ListenerConnection connection)
    {
        var counts = CountsOf(connection);
        if (connection.Pending is null || _open.Count >= limits.MaxOpen || counts.Open >= limits.MaxOpenPerAddress)
        {
            return false;
        }

        TakePending(connection, counts);
        connection.CountsAsOpen = true;
        counts.Open++;
        return _open.Add(connection);
    }

    /// <summary>A connection was refused.</summary>
    public void Hold(ListenerConnection connection)
    {
        Remove(connection);
        AddPending(connection);
    }

    /// <summary>A connection is over.</summary>
    public void Remove(ListenerConnection connection)
    {
        var counts = CountsOf(connection);
        if (connection.Pending is not null)
        {
            TakePending(connection, counts);
        }

        if (connection.CountsAsOpen)
        {
            connection.CountsAsOpen = false;
            counts.Open--;
            _open.Remove(connection);
        }
    }

    /// <summary>Those whose time is over: before they were open, and after.</summary>
    public (List<ListenerConnection> Late, List<ListenerConnection> Idle) Old(Timestamp now) => (
        [.. _pending.TakeWhile(connection => now - connection.Since >= limits.HandshakeTimeout)],
        [.. _open.Where(connection => now - connection.LastTraffic >= limits.IdleTimeout)]);

    private void TakePending(ListenerConnection connection, Counts counts)
    {
        _pending.Remove(connection.Pending!);
        connection.Pending = null;
        counts.Pending--;
    }

    private ListenerConnection? LongestIdle(string? group, Timestamp now)
    {
        var idlest = _open.Where(connection => group is null || connection.Group == group).MinBy(connection => connection.LastTraffic);
        return idlest is not null && now - idlest.LastTraffic >= limits.SpareIdle ? idlest : null;
    }

    private Counts CountsOf(ListenerConnection connection)
    {
        if (!_addresses.TryGetValue(connection.Group, out var counts))
        {
            counts = new Counts();
            _addresses.Add(connection.Group, counts);
        }

        return counts;
    }

    // Addresses of which nobody is there are only kept for their rate.
    private void Prune(Timestamp now)
    {
        if (_addresses.Count <= 2 * (limits.MaxOpen + limits.MaxPending))
        {
            return;
        }

        foreach (var (address, counts) in _addresses)
        {
            if (counts is { Open: 0, Pending: 0 } && now - counts.WindowStart >= Window)
            {
                _addresses.Remove(address);
            }
        }
    }

    private sealed class Counts
    {
        public int Open { get; set; }

        public int Pending { get; set; }

        public int New { get; set; }

        public Timestamp WindowStart { get; set; }
    }
}
