using Zmtp;

namespace ZmqExporter.EndToEndTests.Matrix;

/// <summary>A server, and a probe that fits it.</summary>
/// <param name="Server">Its socket type.</param>
/// <param name="Mechanism">Its security: null, plain or curve.</param>
/// <param name="Transport">tcp4, tcp6, ipc or abstract.</param>
/// <param name="Prober">handshake, request or subscribe.</param>
internal sealed record Combination(SocketType Server, string Mechanism, string Transport, string Prober)
{
    /// <summary>The target's name.</summary>
    public string Name => $"{Word(Server)}-{Mechanism}-{Transport}-{Prober}";

    /// <summary>Name of the one server that all its probers share.</summary>
    public string ServerName => $"{Word(Server)}-{Mechanism}-{Transport}";

    /// <summary>What we claim to be: each of our types is the partner of one server type.</summary>
    public SocketType Client => Server switch
    {
        SocketType.Req => SocketType.Rep,
        SocketType.Rep => SocketType.Req,
        SocketType.Dealer => SocketType.Router,
        SocketType.Router => SocketType.Dealer,
        SocketType.Pub => SocketType.Sub,
        SocketType.Xpub => SocketType.Xsub,
        SocketType.Sub => SocketType.Pub,
        SocketType.Xsub => SocketType.Xpub,
        SocketType.Push => SocketType.Pull,
        SocketType.Pull => SocketType.Push,
        _ => Server,
    };

    /// <summary>The module that probes it.</summary>
    public string Module => $"{Prober}-{Word(Client)}-{Mechanism}";

    /// <summary>The three questions as this prober answers them.</summary>
    public (double?, double?, double?) Answers => Prober switch
    {
        "handshake" => (1, null, null),
        "subscribe" => (1, null, 1),
        _ => (1, 1, 1),
    };

    /// <summary>A socket type as configs and scripts write it.</summary>
    public static string Word(SocketType type) => OnTheWire(type).ToLowerInvariant();

    /// <summary>A socket type as peers write it.</summary>
    public static string OnTheWire(SocketType type) => type.ToString().ToUpperInvariant();

    /// <summary>The target.</summary>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="security">The module's security section.</param>
    public MatrixTarget At(string endpoint, string security) => new(Name, endpoint, Module, ModuleText(security));

    /// <summary>The module's text, with the security of its servers.</summary>
    public string ModuleText(string security) => Prober switch
    {
        "handshake" => $"{{prober: handshake, socket: {Word(Client)}, security: {security}}}",
        "subscribe" => $"{{prober: subscribe, topics: [''], max_silence: 20s, security: {security}}}",
        _ => $"{{prober: request, socket: {Word(Client)}, send: ['{{token}}'], expect: [{{equals: '{{token}}'}}], security: {security}}}",
    };
}
