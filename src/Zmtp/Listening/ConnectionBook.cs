using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>
/// Who is connected, and how many of each address: what a new connection finds, and when somebody was kept away for lack of room. Not thread-safe.
/// </summary>
internal sealed class ConnectionBook(ListenerLimits limits)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly HashSet<ListenerConnection> _open = [];
    private readonly LinkedList<ListenerConnection> _pending = []; // the oldest first
    private readonly Dictionary<string, Counts> _addresses = new(StringComparer.Ordinal);
    private Timestamp _anyAway; // when somebody of any address was kept away

    /// <summary>How many are open.</summary>
    public int Open => _open.Count;

    /// <summary>Those that are open.</summary>
    public IReadOnlyCollection<ListenerConnection> OpenOnes => _open;

    /// <summary>Those that are not open yet, or were refused and are not closed yet.</summary>
    public IReadOnlyCollection<ListenerConnection> PendingOnes => _pending;

    /// <summary>When somebody was kept away last.</summary>
    public Timestamp LastAway { get; private set; }

    /// <summary>When somebody was kept away last who may have been of this address.</summary>
    public Timestamp LastAwayOf(string group) => Timestamp.Max(_anyAway, _addresses.GetValueOrDefault(group)?.Away ?? Timestamp.None);

    /// <summary>Somebody was kept away.</summary>
    /// <param name="group">Of which address; null when nobody knows.</param>
    /// <param name="now">The time.</param>
    public void NoteAway(string? group, Timestamp now)
    {
        LastAway = now;
        if (group is null)
        {
            _anyAway = now;
        }
        else
        {
            CountsOf(group).Away = now;
        }
    }

    /// <summary>Whether one more may begin its handshake.</summary>
    /// <param name="group">Its address.</param>
    /// <param name="now">The time.</param>
    /// <param name="evicted">Which one the caller has to close for it, or null.</param>
    public bool TryAdmit(string group, Timestamp now, out ListenerConnection? evicted)
    {
        evicted = null;
        Prune(now);
        var counts = CountsOf(group);
        if (now - counts.WindowStart >= Window)
        {
            counts.WindowStart = now;
            counts.New = 0;
        }

        if (++counts.New > limits.MaxNewPerSecond)
        {
            NoteAway(group, now);
            return false;
        }

        evicted = counts.Pending >= limits.MaxPendingPerAddress ? FirstPending(group)
            : _pending.Count >= limits.MaxPending ? FirstPending(group: null)
            : null;
        if (evicted is { IsHeld: false })
        {
            NoteAway(evicted.Group, now); // its handshake may have been slow, and no more
        }

        return true;
    }

    /// <summary>A connection begins.</summary>
    public void AddPending(ListenerConnection connection)
    {
        connection.Pending = _pending.AddLast(connection);
        CountsOf(connection.Group).Pending++;
    }

    /// <summary>A connection has ended its handshake: only now, when it is one that may come, does another one have to go for it.</summary>
    /// <param name="connection">It.</param>
    /// <param name="now">The time.</param>
    /// <param name="evicted">Which one the caller has to close for it, or null.</param>
    /// <returns>Whether there is room.</returns>
    public bool TryOpen(ListenerConnection connection, Timestamp now, out ListenerConnection? evicted)
    {
        evicted = null;
        var counts = CountsOf(connection.Group);
        if (connection.Pending is null)
        {
            return false;
        }

        var isFullOfItsAddress = counts.Open >= limits.MaxOpenPerAddress;
        if (isFullOfItsAddress || _open.Count >= limits.MaxOpen)
        {
            evicted = LongestIdle(isFullOfItsAddress ? connection.Group : null, now);
            if (evicted is null)
            {
                NoteAway(isFullOfItsAddress ? connection.Group : null, now);
                return false;
            }

            Remove(evicted);
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
        var counts = CountsOf(connection.Group);
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

    // One that was refused, if there is one: whoever is in his handshake may be somebody who is awaited.
    private ListenerConnection? FirstPending(string? group)
    {
        ListenerConnection? first = null;
        foreach (var connection in _pending)
        {
            if (group is null || connection.Group == group)
            {
                first ??= connection;
                if (connection.IsHeld)
                {
                    return connection;
                }
            }
        }

        return first;
    }

    private void TakePending(ListenerConnection connection, Counts counts)
    {
        _pending.Remove(connection.Pending!);
        connection.Pending = null;
        counts.Pending--;
    }

    // By whole messages: a byte or a PING now and then must not keep a place.
    private ListenerConnection? LongestIdle(string? group, Timestamp now)
    {
        var idlest = _open.Where(connection => group is null || connection.Group == group).MinBy(connection => connection.LastMessage);
        return idlest is not null && now - idlest.LastMessage >= limits.SpareIdle ? idlest : null;
    }

    private Counts CountsOf(string group)
    {
        if (!_addresses.TryGetValue(group, out var counts))
        {
            counts = new Counts();
            _addresses.Add(group, counts);
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
                _anyAway = Timestamp.Max(_anyAway, counts.Away);
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

        public Timestamp Away { get; set; }
    }
}
