using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Zmtp;

namespace ZmqExporter.Configuration;

/// <summary>The socket types that <c>prober: handshake</c> can claim to be.</summary>
internal static class HandshakeSockets
{
    /// <summary>What they are.</summary>
    public const string Noun = "socket of a handshake";

    /// <summary>Each one with its word.</summary>
    public static ImmutableArray<(string Word, SocketType Socket)> All { get; } =
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
    ];

    /// <summary>Looks up a socket type of the command line.</summary>
    /// <param name="word">As in a configuration: <c>sub</c>.</param>
    /// <param name="socket">The type.</param>
    /// <param name="problem">What is wrong, with what there is, or null.</param>
    public static bool TryParse(string word, out SocketType socket, [NotNullWhen(false)] out string? problem)
    {
        string[] words = [.. All.Select(pair => pair.Word)];
        var index = Array.IndexOf(words, word);
        socket = index >= 0 ? All[index].Socket : default;
        problem = index >= 0 ? null : $"{Quoted.Text(word)} is not a {Noun}; {Suggestion.Remedy(word, words, "this version has")}";
        return index >= 0;
    }

    /// <summary>
    /// Whether the connection is kept when nobody says so. An idle PUB or XPUB keeps a little memory of each peer that left, until it
    /// publishes something: a probe of such a server stays, unless it has no PING to ask with.
    /// </summary>
    public static bool KeepsConnection(SocketType socket, bool ping) => ping && socket is SocketType.Sub or SocketType.Xsub;
}
