namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Finds out which server kills NetMQ's workers. Servers share the threads of a worker until one of these dies; whoever had a connection on it is
/// suspected, and from then on gets a thread of a separate worker to itself. When that thread dies, that server has done it; one that behaves there
/// for a while is trusted again. A death that names no thread halves the number of those that are tried at a time, until one is left; each that
/// passes its trial lets in more again. Not thread-safe.
/// </summary>
internal sealed class SuspectList
{
    /// <summary>The threads of a worker that servers share.</summary>
    public const int SharedThreads = 8;

    /// <summary>The threads of the worker where each server has its own. The affinity of a NetMQ socket has 63 bits.</summary>
    public const int OwnThreads = 60;

    private readonly Dictionary<string, Suspect> _servers = new(StringComparer.Ordinal);
    private readonly Suspect?[] _alone = new Suspect?[OwnThreads];
    private int _next;
    private int _most = OwnThreads;
    private int _numbers;

    /// <summary>The servers that only our own client may look at.</summary>
    public IEnumerable<Suspect> Quarantined => _servers.Values.Where(server => server.IsQuarantined);

    /// <summary>Whether one is tried just now.</summary>
    public bool HasTrials => Array.Exists(_alone, server => server is not null);

    /// <summary>What is known of a server.</summary>
    public Suspect Of(string endpoint)
    {
        if (!_servers.TryGetValue(endpoint, out var server))
        {
            _servers.Add(endpoint, server = new Suspect(endpoint, _numbers++));
        }

        return server;
    }

    /// <summary>Nobody probes a server any more. That it was quarantined is remembered: it may come back with the next configuration.</summary>
    public void Remove(Suspect server)
    {
        if (!server.IsQuarantined)
        {
            Leave(server);
            _servers.Remove(server.Endpoint);
        }
    }

    /// <summary>Gives a suspect a thread of its own, unless it has one.</summary>
    /// <returns>False when none is free.</returns>
    public bool TryIsolate(Suspect server)
    {
        if (server.OwnThread is null && _alone.Count(other => other is not null) < _most)
        {
            while (_alone[_next] is not null)
            {
                _next = (_next + 1) % OwnThreads;
            }

            (_alone[_next], server.OwnThread) = (server, _next);
            _next = (_next + 1) % OwnThreads; // one that was left a moment ago comes last
        }

        return server.OwnThread is not null;
    }

    /// <summary>Trusts those again that have passed their trial.</summary>
    public IReadOnlyList<Suspect> Release(Timestamp now)
    {
        var released = _alone.OfType<Suspect>().Where(server => server.HasPassedTrial(now)).ToList();
        released.ForEach(Leave);
        released.ForEach(server => server.Clear());
        _most = Math.Min(OwnThreads, released.Count > 0 ? 2 * _most : _most);
        return released;
    }

    /// <summary>A worker has ended, and no server is to blame.</summary>
    public void Forget(object worker)
    {
        foreach (var server in _servers.Values)
        {
            if (server.Forget(worker))
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
        var isNamed = deadThreads.Count > 0;
        var byThread = _servers.Values
            .Where(server => server.ThreadOn(worker, now) is { } thread && (!isNamed || deadThreads.Contains(thread)))
            .ToLookup(server => isNamed ? server.ThreadOn(worker, now) : null);
        var culprits = byThread.Where(servers => servers.Count() == 1).SelectMany(servers => servers).ToList();
        var suspects = byThread.Where(servers => servers.Count() > 1).SelectMany(servers => servers).ToList();
        if (!isNamed && suspects.Exists(server => server.OwnThread is not null))
        {
            _most = Math.Max(1, suspects.Count / 2);
        }

        Forget(worker);
        suspects.ForEach(server => server.BecomeSuspect(now));
        return (culprits, suspects);
    }

    private void Leave(Suspect server)
    {
        if (server.OwnThread is { } thread)
        {
            (_alone[thread], server.OwnThread) = (null, null);
        }
    }
}
