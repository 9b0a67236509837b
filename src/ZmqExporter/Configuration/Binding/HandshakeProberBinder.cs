using ZmqExporter.Configuration.Reading;
using Zmtp;

namespace ZmqExporter.Configuration.Binding;

/// <summary>Binds <c>prober: handshake</c>.</summary>
internal static class HandshakeProberBinder
{
    private static readonly Choice<SocketType> Sockets = new(HandshakeSockets.Noun, HandshakeSockets.All.AsSpan());

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["socket", "connection"]);

    /// <summary>Binds the socket type of a module; null after an error.</summary>
    public static ProberConfig? Bind(ModuleChain chain)
    {
        var socket = SocketType.Dealer;
        return chain.Find("socket") is not { } value || Sockets.TryRead(value, out socket) ? new HandshakeProberConfig(socket) : null;
    }

    /// <summary>Reads whether the connection is kept, which depends on the socket and on <c>ping</c>; null after an error.</summary>
    public static HandshakeProberConfig? WithConnection(ModuleChain chain, HandshakeProberConfig config, bool ping)
    {
        if (chain.Find("connection") is not { } connection)
        {
            return config with { Persistent = HandshakeSockets.KeepsConnection(config.Socket, ping) };
        }

        if (!ConnectionKind.Choice.TryRead(connection, out var persistent))
        {
            return null;
        }

        if (persistent && ReasonNotToStay(config.Socket, ping) is var (key, reason))
        {
            // Where this very module says one of the two; it may have the other from one that it extends.
            var nearest = chain.Sections[0];
            (nearest.Find("connection") ?? nearest.Find(key) ?? connection).Error(reason, "write connection: per_probe");
            return null;
        }

        return config with { Persistent = persistent };
    }

    /// <summary>Judges the socket and the security together; false after an error.</summary>
    public static bool CheckSecurity(ModuleChain chain, ProberConfig config, SecurityConfig security)
    {
        if (config is not HandshakeProberConfig { Socket: SocketType.Pull } || security is SecurityConfig.Null)
        {
            return true;
        }

        // Where this very module says one of the two; it may have the other from one that it extends.
        (chain.Sections[0].Find("socket") ?? chain.Find("security"))!.Error(
            "a PULL has to have mechanism: null: with plain and curve a server says what it is only to a peer that ends the handshake, and a PUSH then sends its work to the exporter",
            "remove security if the server has none; else probe another socket of that server");
        return false;
    }

    private static (string Key, string Reason)? ReasonNotToStay(SocketType socket, bool ping) => socket switch
    {
        SocketType.Pull => ("socket", "a PULL only looks at the server's READY and leaves, so that no work comes: there is no connection to keep"),
        SocketType.Rep => ("socket", "the server of a REP is a DEALER or a REQ, which gives work to a peer that stays connected"),
        SocketType.Pair => ("socket", "a PAIR server has room for one peer, and a kept connection would take it for good"),
        _ when !ping => ("ping", "a kept connection is asked for a PONG at each probe, and ping: false leaves nothing to ask"),
        _ => null,
    };
}
