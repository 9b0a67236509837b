using System.Globalization;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>NetMQ's sockets of every type that these combinations are about, in one process. REP and ROUTER send back what they get, PUB sends "tick" ten times a second.</summary>
internal sealed class NetMqServers : IAsyncDisposable
{
    private readonly ServerPeer _peer;
    private readonly Dictionary<string, string> _endpoints;

    private NetMqServers(ServerPeer peer, Dictionary<string, string> endpoints)
    {
        _peer = peer;
        _endpoints = endpoints;
    }

    /// <summary>Where the server listens that this combination is about.</summary>
    public string this[Combination combination] => _endpoints[combination.ServerName];

    /// <summary>Starts the servers of these combinations; those with CURVE have the key of <see cref="Credentials.Server"/>.</summary>
    public static async Task<NetMqServers> StartAsync(IEnumerable<Combination> combinations)
    {
        var servers = combinations.DistinctBy(combination => combination.ServerName, StringComparer.Ordinal).ToList();
        var sockets = servers.Select(server =>
            $"--socket={Combination.Word(server.Server)}:{server.Mechanism}:tcp://{(server.Transport == "tcp6" ? "[::1]" : "127.0.0.1")}");
        var peer = await NetMqPeer.StartAsync("matrix", [Messaging.Servers.WithCurve(Credentials.Server), .. sockets]);
        var endpoints = peer.Process.Output.Select(line => line.Split(' ')).Where(words => words[0] == "bound").ToDictionary(
            words => servers[int.Parse(words[1], CultureInfo.InvariantCulture)].ServerName, words => words[2], StringComparer.Ordinal);
        return new NetMqServers(peer, endpoints);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _peer.DisposeAsync();
}
