using System.Globalization;
using System.Text;
using TestSupport.Peers;

namespace ZmqExporter.Benchmarks;

/// <summary>Hostile servers that are there at the same time: all that kill NetMQ, those that flood, and those that never end a message.</summary>
internal sealed class HostileRound : IDisposable
{
    private const int MessagesAtOnce = 256;
    private const string Flood = "flood";

    private static readonly IReadOnlyList<(HostileInput Input, string Module)> Kinds =
    [
        .. HostileInput.All.Select(input => (input, input.ForCurve ? "curve" : "dealer")),
        .. HostileInput.All.Where(input => input is { ForCurve: false, Name: not "command_unknown" } && !input.Name.StartsWith("empty", StringComparison.Ordinal))
            .Select(input => (input, "subscription")),
        (Killer("pub_empty_command", [4, 0]), "subscription"),
        (Killer("pub_empty_long_command", [6, 0, 0, 0, 0, 0, 0, 0, 0]), "subscription"),
        (Publisher("endless_publication", PeerBytes.Frame(PeerBytes.More, "tick"u8)), "subscription"),
        (Publisher(Flood, PeerBytes.Message("tick", "body")), "subscription"),
    ];

    private readonly List<(string Name, string Module, HostileInput Input, HostileServer Server)> _servers;

    /// <summary>Starts them.</summary>
    /// <param name="count">How many: each kind as often as that allows, but only one that floods for as long as it may.</param>
    public HostileRound(int count) => _servers =
    [
        .. Enumerable.Range(0, count).Select(i => Kinds[i < Kinds.Count ? i : i % (Kinds.Count - 1)] is var (input, module)
            ? (string.Create(CultureInfo.InvariantCulture, $"hostile_{i}_{input.Name}"), module, input, new HostileServer(input)) : default),
    ];

    /// <summary>How many there are of each kind once.</summary>
    public static int OfEachKind => Kinds.Count;

    /// <summary>The endpoints of those that kill a worker, whatever limits are set.</summary>
    public IEnumerable<string> Killers => _servers.Where(server => server.Input is { KillsNetMq: true, Name: not "unversioned_2gb" }).Select(server => server.Server.Endpoint);

    /// <summary>The names of the targets that must not be up; a flood of publications is none.</summary>
    public IEnumerable<string> Down => _servers.Where(server => server.Input.Name != Flood).Select(server => server.Name);

    /// <summary>The name of the target at an endpoint.</summary>
    public string NameOf(string endpoint) => _servers.Where(server => server.Server.Endpoint == endpoint).Select(server => server.Name).FirstOrDefault(endpoint);

    /// <summary>What the server of a target does, and to whom.</summary>
    public string KindOf(string name) => _servers.Where(server => server.Name == name).Select(server => $"{server.Input.Name} ({server.Module})").First();

    /// <summary>Adds the targets to a configuration.</summary>
    public void AppendTargets(StringBuilder config)
    {
        foreach (var (name, module, _, server) in _servers)
        {
            config.AppendLine(CultureInfo.InvariantCulture, $"  - {{name: {name}, endpoint: \"{server.Endpoint}\", modules: [{module}]}}");
        }
    }

    public void Dispose() => _servers.ForEach(server => server.Server.Dispose());

    private static HostileInput Killer(string name, byte[] command) =>
        new(name, [.. PeerBytes.Greeting(), .. PeerBytes.Ready("PUB"), .. command], KillsNetMq: true);

    private static HostileInput Publisher(string name, byte[] message) => new(
        name, [.. PeerBytes.Greeting(), .. PeerBytes.Ready("PUB")], KillsNetMq: false, ForEver: [.. Enumerable.Repeat(message, MessagesAtOnce).SelectMany(one => one)]);
}
