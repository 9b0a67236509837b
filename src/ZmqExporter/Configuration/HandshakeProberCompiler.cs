using System.Diagnostics.CodeAnalysis;
using Zmtp;

namespace ZmqExporter.Configuration;

/// <summary>Compiles <c>prober: handshake</c>.</summary>
internal static class HandshakeProberCompiler
{
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
            ("pull", SocketType.Pull),
            ("pair", SocketType.Pair),
        ]);

    /// <summary>The prober's keys in a module.</summary>
    public static KeyTable Keys { get; } = new("modules.*", ["socket"]);

    /// <summary>Looks up a socket type of the command line.</summary>
    /// <param name="word">As in a configuration: <c>sub</c>.</param>
    /// <param name="socket">The type.</param>
    /// <param name="problem">What is wrong, with what there is, or null.</param>
    public static bool TryParseSocket(string word, out SocketType socket, [NotNullWhen(false)] out string? problem) =>
        Sockets.TryFind(word, out socket, out problem);

    /// <summary>Compiles the prober's keys of a module; null after an error.</summary>
    public static ProberConfig? Compile(ModuleChain chain)
    {
        var socket = SocketType.Dealer;
        return chain.Find("socket") is not { } value || Sockets.TryRead(value, out socket) ? new HandshakeProberConfig(socket) : null;
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
            "a PULL has to have mechanism: null: with plain and curve a server says what it is only to who ends the handshake, and a PUSH then sends its work to the exporter",
            "remove security if the server has none; else probe another socket of that server");
        return false;
    }
}
