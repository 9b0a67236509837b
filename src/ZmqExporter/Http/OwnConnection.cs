using System.Net;

namespace ZmqExporter.Http;

/// <summary>
/// Tells the connection by which <see cref="HttpWarmup"/> asks our own port from all others: it has no password and no certificate to show. Both of its
/// ends name it, and as long as it is open no other connection can have the same two. Thread-safe.
/// </summary>
internal sealed class OwnConnection
{
    private volatile Ends? _ends;

    /// <summary>Says which connection it is; before it says anything itself.</summary>
    /// <param name="client">Our end, where the warm-up runs.</param>
    /// <param name="server">The port that we listen on, as the client sees it.</param>
    public void Begin(EndPoint? client, EndPoint? server) =>
        _ends = Unmapped(client) is { } one && Unmapped(server) is { } other ? new Ends(one, other) : null;

    /// <summary>There is no such connection any more. Before it is closed.</summary>
    public void End() => _ends = null;

    /// <summary>Whether it is that one.</summary>
    /// <param name="remote">The client's end, as the server sees it.</param>
    /// <param name="local">The server's end.</param>
    public bool Is(EndPoint? remote, EndPoint? local) => _ends is { } ends && ends.Client.Equals(Unmapped(remote)) && ends.Server.Equals(Unmapped(local));

    // A socket that listens to both families shows IPv4 clients as IPv6.
    private static IPEndPoint? Unmapped(EndPoint? end) =>
        end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : end as IPEndPoint;

    private sealed record Ends(IPEndPoint Client, IPEndPoint Server);
}
