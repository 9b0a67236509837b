using Zmtp.Security;

namespace Zmtp.Listening;

/// <summary>A peer that connected to us, as far as it is known.</summary>
/// <param name="Address">Where it came from: an IP address without its port, or the name of our Unix socket.</param>
public sealed record ListenerPeer(string Address)
{
    /// <summary>Who it has proved to be; null when it did not have to, or not yet.</summary>
    public ListenerIdentity? Identity { get; internal set; }

    /// <summary>Its socket type; null before its handshake.</summary>
    public string? SocketType { get; internal set; }

    /// <value>Whatever the handler keeps with it.</value>
    public object? State { get; set; }

    /// <summary>For people: who, and from where.</summary>
    public string Words => Identity is null ? Address : $"{Address} ({Identity})";

    /// <summary>Only itself is the same.</summary>
    public bool Equals(ListenerPeer? other) => ReferenceEquals(this, other);

    /// <inheritdoc />
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
