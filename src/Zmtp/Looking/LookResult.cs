using System.Collections.Immutable;

namespace Zmtp.Looking;

/// <summary>What a look has seen.</summary>
public sealed record LookResult
{
    /// <value>Whether somebody accepted the connection.</value>
    public bool IsConnected { get; init; }

    /// <value>The peer's greeting, when it is a valid one of ZMTP 3.</value>
    public PeerGreeting? Greeting { get; init; }

    /// <value>What the peer said of itself without having been asked; null when it did not.</value>
    public PeerInfo? Peer { get; init; }

    /// <value>The first bytes that came.</value>
    public ImmutableArray<byte> Heard { get; init; } = [];

    /// <value>Whether the peer spoke before anything was sent.</value>
    public bool SpokeFirst { get; init; }

    /// <value>How many bytes were sent: at most a greeting's 64.</value>
    public int Sent { get; init; }

    /// <value>Why the look ended before the peer's READY; null when that came, whatever it says.</value>
    public ZmtpError? Error { get; init; }
}
