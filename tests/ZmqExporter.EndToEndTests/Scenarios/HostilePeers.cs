using ZmqExporter.EndToEndTests.Messaging;

namespace ZmqExporter.EndToEndTests.Scenarios;

/// <summary>One of each kind of peer that is not the REP server that was meant, with the reason that a probe must give.</summary>
internal sealed class HostilePeers : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _peers = [];
    private readonly Dictionary<string, string> _endpoints = new(StringComparer.Ordinal);

    /// <summary>The expected reason by target.</summary>
    public Dictionary<string, string> Reasons { get; } = new(StringComparer.Ordinal);

    public static async Task<HostilePeers> StartAsync()
    {
        var peers = new HostilePeers();
        try
        {
            await peers.StartAllAsync();
            return peers;
        }
        catch
        {
            await peers.DisposeAsync();
            throw;
        }
    }

    /// <summary>All of them with this module.</summary>
    public (string Name, string Endpoint, string Module)[] Targets(string module) =>
        [.. _endpoints.Select(peer => (peer.Key, peer.Value, module))];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }
    }

    private async Task StartAllAsync()
    {
        Add("closed", "tcp://127.0.0.1:1", "refused");
        Add("no_such_name", "tcp://zmq-exporter-test.invalid:5555", "resolve");
        Add("black_hole", await RawPeer.BlackHoleAsync(), peer => peer.Endpoint, "connect_timeout");
        Add("silent", RawPeer.Silent(), peer => peer.Endpoint, "handshake_timeout");
        Add("ssh", RawPeer.Ssh(), peer => peer.Endpoint, "not_zmtp");
        Add("reset", RawPeer.ResetDuringGreeting(), peer => peer.Endpoint, "disconnected");
        Add("http", await PythonPeer.StartAsync("http_server.py"), peer => peer.Endpoint, "not_zmtp");
        Add("publisher", await PythonPeer.StartAsync("pub.py"), peer => peer.Endpoint, "socket_type");
    }

    private void Add<TPeer>(string name, TPeer peer, Func<TPeer, string> endpoint, string reason)
        where TPeer : IAsyncDisposable
    {
        _peers.Add(peer);
        Add(name, endpoint(peer), reason);
    }

    private void Add(string name, string endpoint, string reason)
    {
        _endpoints.Add(name, endpoint);
        Reasons.Add(name, reason);
    }
}
