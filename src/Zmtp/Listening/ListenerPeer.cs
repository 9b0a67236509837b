using Zmtp.Security;
using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>A peer that connected to us, as far as it is known.</summary>
/// <param name="Address">Where it came from: an IP address without its port, or the name of our Unix socket.</param>
public sealed record ListenerPeer(string Address)
{
    private readonly ListenerConnection? _connection;

    internal ListenerPeer(string address, ListenerConnection connection)
        : this(address) => _connection = connection;

    /// <summary>Who it has proved to be; null when it did not have to, or not yet.</summary>
    public ListenerIdentity? Identity { get; internal set; }

    /// <summary>Its socket type; null before its handshake.</summary>
    public string? SocketType { get; internal set; }

    /// <value>Whatever the handler keeps with it.</value>
    public object? State { get; set; }

    /// <summary>For people: who, and from where.</summary>
    public string Words => Identity is null ? Address : $"{Address} ({Identity})";

    /// <summary>Whether it announced ZMTP 3.1 or later, and so knows the command PING.</summary>
    public bool KnowsPing => _connection?.CanPing ?? false;

    /// <summary>Whether it ended the connection at our first PING, so that it does not know the command after all.</summary>
    public bool EndedAtPing => _connection?.EndedAtPing ?? false;

    /// <summary>Whether its kernel acknowledged all that we sent; null where nobody tells.</summary>
    public bool? IsAcknowledged => _connection?.IsAcknowledged;

    /// <summary>When this process last kept somebody away who may have been this peer, coming again: no room, too many at once. Not set when it never did.</summary>
    public Timestamp KeptAwayAt => _connection?.KeptAwayAt ?? Timestamp.None;

    /// <summary>Asks its I/O thread for a sign of life. Of each connection one question is out at a time: a further one waits for the same answer.</summary>
    /// <returns>Null when it cannot be asked: its connection is over, or it does not know PING.</returns>
    public ListenerPing? Ping() => _connection?.Ping();

    /// <summary>Only itself is the same.</summary>
    public bool Equals(ListenerPeer? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
