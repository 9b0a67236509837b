using Zmtp;

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

    private const int Few = 100;

    private readonly Dictionary<string, Suspect> _servers = new(StringComparer.Ordinal);
    private readonly Suspect?[] _alone = new Suspect?[OwnThreads];
    private int _next;
    private int _most = OwnThreads;
    private int _numbers;
    private int _swept = Few;

    /// <summary>The servers that somebody probes and only our own client may look at.</summary>
    public IEnumerable<Suspect> Quarantined => _servers.Values.Where(server => server.IsQuarantined && server.Links.Count > 0);

    /// <summary>Whether one is tried just now.</summary>
    public bool HasTrials => Array.Exists(_alone, server => server is not null);

    /// <summary>What is known of a server. It outlives the links to it, as long as there is something to know.</summary>
    public Suspect Of(string endpoint, Timestamp now)
    {
        if (_servers.Count >= 2 * _swept)
        {
            foreach (var gone in _servers.Values.Where(server => server.Links.Count == 0 && !server.IsKnown(now)).ToList())
            {
                _servers.Remove(gone.Endpoint);
            }

            _swept = Math.Max(Few, _servers.Count);
        }

        if (!_servers.TryGetValue(endpoint, out var server))
        {
            _servers.Add(endpoint, server = new Suspect(endpoint, _numbers++));
        }

        return server;
    }

    /// <summary>Gives a suspect a thread of its own, unless it has one.</summary>
    /// <returns>False when none is free.</returns>
    public bool TryIsolate(Suspect server)
    {
        if (server.OwnThread is null && _alone.Count(other => other is not null) < _most)
        {
            do
            {
                _next = (_next + 1) % OwnThreads; // one that was left a moment ago comes last
            }
            while (_alone[_next] is not null);

            (_alone[_next], server.OwnThread) = (server, _next);
        }

        return server.OwnThread is not null;
    }

    /// <summary>Takes a server's own thread away: somebody else may need it.</summary>
    public void Free(Suspect server)
    {
        if (server.OwnThread is { } thread)
        {
            (_alone[thread], server.OwnThread) = (null, null);
        }
    }

    /// <summary>The same for all that were in a worker: there shall be room for those that are probed next, and some are probed rarely.</summary>
    public void Free(IEnumerable<(int IoThread, Suspect Server)> present) => present.ToList().ForEach(there => Free(there.Server));

    /// <summary>Trusts those again that have passed their trial.</summary>
    public IReadOnlyList<Suspect> Release(Timestamp now)
    {
        var released = _alone.OfType<Suspect>().Where(server => server.HasPassedTrial(now)).ToList();
        released.ForEach(Free);
        released.ForEach(server => server.Clear());
        _most = Math.Min(OwnThreads, released.Count > 0 ? 2 * _most : _most);
        return released;
    }

    /// <summary>A worker has died of what some server sent.</summary>
    /// <param name="present">The servers with connections in it, and their threads.</param>
    /// <param name="deadThreads">The threads that died; none when that is not known.</param>
    /// <param name="isTrial">Whether it is a worker where each is tried alone.</param>
    /// <param name="now">The present.</param>
    /// <returns>Who did it, and who may have.</returns>
    public (IReadOnlyList<Suspect> Culprits, IReadOnlyList<Suspect> Suspects) Judge(
        IReadOnlyList<(int IoThread, Suspect Server)> present, IReadOnlyList<int> deadThreads, bool isTrial, Timestamp now)
    {
        var isNamed = deadThreads.Count > 0;
        var groups = present.Where(there => !isNamed || deadThreads.Contains(there.IoThread))
            .GroupBy(there => isNamed ? there.IoThread : 0, there => there.Server)
            .Select(group => group.Distinct().ToList()).ToList();

        // A death without a name may have reasons that lie with no server: who was alone is tried first.
        var culprits = groups.Where(group => group.Count == 1 && (isNamed || isTrial)).SelectMany(group => group).Distinct().ToList();
        var suspects = groups.SelectMany(group => group).Distinct().Except(culprits).ToList();
        _most = !isNamed && isTrial ? Math.Max(1, suspects.Count / 2) : _most;
        Free(present);
        culprits.Concat(suspects).ToList().ForEach(server => _servers.TryAdd(server.Endpoint, server)); // if it was forgotten meanwhile
        suspects.ForEach(server => server.BecomeSuspect(now));
        return (culprits, suspects);
    }
}
