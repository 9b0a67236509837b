namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Finds out which server kills NetMQ's workers. Servers share the threads of a worker until one of these dies; whoever had a connection on it is
/// suspected, and from then on gets a thread of a separate worker to itself, a cell. When a thread dies that belongs to one server, that one has
/// done it; a server that behaves there for a while is trusted again. A death that names no thread halves the number of those that may
/// be in cells at a time, until one is left, and each that stands its trial lets in more again. Not thread-safe.
/// </summary>
internal sealed class SuspectList
{
    /// <summary>The threads of a worker that servers share.</summary>
    public const int SharedThreads = 8;

    /// <summary>The threads of the worker where each server has its own. The affinity of a NetMQ socket has 63 bits.</summary>
    public const int Cells = 60;

    private readonly Dictionary<string, Suspect> _servers = new(StringComparer.Ordinal);
    private readonly Suspect?[] _cells = new Suspect?[Cells];
    private int _next;
    private int _capacity = Cells;
    private int _numbers;

    /// <summary>The servers that only our own client may look at.</summary>
    public IEnumerable<Suspect> Quarantined => _servers.Values.Where(server => server.IsQuarantined);

    /// <summary>Whether somebody is in a cell.</summary>
    public bool HasPrisoners => Array.Exists(_cells, cell => cell is not null);

    /// <summary>What is known of a server.</summary>
    public Suspect Of(string endpoint)
    {
        if (!_servers.TryGetValue(endpoint, out var server))
        {
            server = new Suspect(endpoint, _numbers++);
            _servers.Add(endpoint, server);
        }

        return server;
    }

    /// <summary>Nobody probes a server any more. That it was quarantined is remembered: it may come back with the next configuration.</summary>
    public void Forget(Suspect server)
    {
        if (!server.IsQuarantined)
        {
            Leave(server);
            _servers.Remove(server.Endpoint);
        }
    }

    /// <summary>Gives a suspect a thread of its own, unless it has one.</summary>
    /// <returns>False when none is free.</returns>
    public bool TryEnterCell(Suspect server)
    {
        if (server.Cell is null && _cells.Count(cell => cell is not null) < _capacity)
        {
            while (_cells[_next] is not null)
            {
                _next = (_next + 1) % Cells;
            }

            _cells[_next] = server;
            server.Cell = _next;
            _next = (_next + 1) % Cells; // one that was left a moment ago comes last
        }

        return server.Cell is not null;
    }

    /// <summary>Trusts those again that have stood their trial.</summary>
    public IReadOnlyList<Suspect> Release(Timestamp now)
    {
        var released = _cells.OfType<Suspect>().Where(server => server.HasStoodTrial(now)).ToList();
        released.ForEach(Leave);
        released.ForEach(server => server.Clear());
        _capacity = Math.Min(Cells, released.Count > 0 ? 2 * _capacity : _capacity);
        return released;
    }

    /// <summary>A worker has ended, and no server is to blame.</summary>
    public void Forget(object worker)
    {
        foreach (var server in _servers.Values)
        {
            if (server.Forget(worker) && server.Cell is not null)
            {
                Leave(server); // there shall be room for those that are probed next: some are probed rarely
            }
        }
    }

    /// <summary>A worker has died of what some server sent.</summary>
    /// <param name="worker">Which.</param>
    /// <param name="deadThreads">The threads that died; none when that is not known.</param>
    /// <param name="now">The present.</param>
    /// <returns>Who did it, and who may have.</returns>
    public (IReadOnlyList<Suspect> Culprits, IReadOnlyList<Suspect> Suspects) Judge(object worker, IReadOnlyList<int> deadThreads, Timestamp now)
    {
        var present = _servers.Values
            .Select(server => (Server: server, Thread: server.ThreadOn(worker, now)))
            .Where(pair => pair.Thread is { } thread && (deadThreads.Count == 0 || deadThreads.Contains(thread)))
            .ToLookup(pair => deadThreads.Count == 0 ? 0 : pair.Thread, pair => pair.Server);
        var culprits = present.Where(servers => servers.Count() == 1).SelectMany(servers => servers).ToList();
        var suspects = present.Where(servers => servers.Count() > 1).SelectMany(servers => servers).ToList();
        if (deadThreads.Count == 0 && suspects.Exists(server => server.Cell is not null))
        {
            _capacity = Math.Max(1, suspects.Count / 2);
        }

        Forget(worker);
        suspects.ForEach(server => server.Accuse(now));
        return (culprits, suspects);
    }

    private void Leave(Suspect server)
    {
        if (server.Cell is { } cell && _cells[cell] == server)
        {
            _cells[cell] = null;
        }

        server.Cell = null;
    }
}
