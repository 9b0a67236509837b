using Zmtp;

namespace ZmqExporter.Configuration;

/// <summary>Compiles <c>prober: handshake</c>.</summary>
internal static class HandshakeProberCompiler
{
    // No pull: a PUSH server would send us work that somebody else is waiting for.
    private static readonly Choice<SocketType> Sockets = new(
        "socket of a handshake",
        [
            ("dealer", SocketType.Dealer),
            ("req", SocketType.Req),
            ("rep", SocketType.Rep),
            ("router", SocketType.Router),
            ("pub", SocketType.Pub),
            ("xpub", SocketType.Xpub),
            ("sub", SocketType.Sub),
            ("xsub", SocketType.Xsub),
            ("push", SocketType.Push),
            ("pair", SocketType.Pair),
        ]);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["socket"]);

    /// <summary>Compiles the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Compile(ModuleChain chain)
    {
        var socket = SocketType.Dealer;
        return chain.Find("socket") is not { } value || Sockets.TryRead(value, out socket) ? new HandshakeProberConfig(socket) : null;
    }
}
