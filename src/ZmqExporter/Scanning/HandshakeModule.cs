using System.Collections.Immutable;

namespace ZmqExporter.Scanning;

/// <summary>A module that makes a handshake as the type of socket that fits a peer's. Immutable.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Socket">The type that it claims to be, as the configuration spells it.</param>
/// <param name="PeerTypes">The peers that it is for.</param>
internal sealed record HandshakeModule(string Name, string Socket, ImmutableArray<string> PeerTypes)
{
    /// <summary>The built-in one, for what talks to a dealer.</summary>
    public const string Transport = "transport";

    /// <summary>The others, which the configuration has to bring.</summary>
    public static ImmutableArray<HandshakeModule> All { get; } =
    [
        new("handshake_sub", "sub", ["PUB", "XPUB"]),
        new("handshake_push", "push", ["PULL"]),
        new("handshake_pull", "pull", ["PUSH"]),
        new("handshake_pub", "pub", ["SUB", "XSUB"]),
        new("handshake_rep", "rep", ["REQ"]),
        new("handshake_pair", "pair", ["PAIR"]),
    ];

    /// <summary>The module for a type of socket; null for one that no probe can talk to.</summary>
    public static string? For(string type) => type is "REP" or "ROUTER" or "DEALER" ? Transport : All.FirstOrDefault(module => module.PeerTypes.Contains(type, StringComparer.Ordinal))?.Name;
}
