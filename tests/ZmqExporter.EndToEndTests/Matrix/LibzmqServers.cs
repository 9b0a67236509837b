using System.Globalization;
using Zmtp;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>Every socket type with every mechanism on every transport, in one process on real libzmq.</summary>
public sealed class LibzmqServers : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, string> _endpoints = new(StringComparer.Ordinal);
    private ServerPeer? _peer;

    /// <summary>Where the server listens that this combination is about.</summary>
    internal string this[Combination combination] => _endpoints[combination.ServerName];

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        var servers = (
            from type in Combinations.Types
            from mechanism in Combinations.Mechanisms
            from transport in Combinations.Transports
            select new Combination(type, mechanism, transport, "handshake")).ToList();
        var run = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];
        var sockets = servers.Select((server, number) => $"{Combination.Word(server.Server)}:{server.Mechanism}:" + server.Transport switch
        {
            "tcp4" => "tcp://127.0.0.1:*",
            "tcp6" => "tcp://[::1]:*",
            "ipc" => string.Create(CultureInfo.InvariantCulture, $"ipc://{_directory.Path}/{number}.sock"),
            _ => string.Create(CultureInfo.InvariantCulture, $"ipc://@zmq-exporter-{run}-{number}"),
        });
        _peer = await PythonPeer.StartAsync(
            "matrix.py",
            [
                .. sockets,
                $"--plain={Credentials.User}:{Credentials.Password}",
                "--curve=" + Credentials.Server.ExportSecretKey(), // one argument: a key may begin with a dash
                "--allow=" + Credentials.Client.PublicKey,
            ]);
        foreach (var words in _peer.Process.Output.Select(line => line.Split(' ')).Where(words => words[0] == "bound"))
        {
            _endpoints.Add(servers[int.Parse(words[1], CultureInfo.InvariantCulture)].ServerName, words[2]);
        }

        Assert.Equal(servers.Count, _endpoints.Count);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_peer is not null)
        {
            await _peer.DisposeAsync();
        }

        _directory.Dispose();
    }
}
