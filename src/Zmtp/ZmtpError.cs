namespace Zmtp;

/// <summary>Why a connection could not be made or was lost: a closed set, so that callers can map every member.</summary>
public enum ZmtpErrorCode
{
    /// <summary>The name did not resolve to an address in time.</summary>
    Resolve,

    /// <summary>The host answered that nothing listens on the port.</summary>
    Refused,

    /// <summary>No route to the host, or the network said that it cannot be reached.</summary>
    Unreachable,

    /// <summary>The TCP connection was not made before the deadline.</summary>
    ConnectTimeout,

    /// <summary>The peer speaks, but not ZMTP.</summary>
    NotZmtp,

    /// <summary>The peer speaks a ZMTP version below 3.0.</summary>
    Version,

    /// <summary>The peer asks for another security mechanism than the one that was configured.</summary>
    Mechanism,

    /// <summary>The peer refused our credentials.</summary>
    Auth,

    /// <summary>The peer's socket type does not fit ours (RFC 37, "The socket type property").</summary>
    SocketType,

    /// <summary>TCP connected, but the ZMTP handshake did not end before the deadline.</summary>
    HandshakeTimeout,

    /// <summary>The peer closed or reset the connection.</summary>
    Disconnected,

    /// <summary>The peer broke the ZMTP grammar.</summary>
    Protocol,

    /// <summary>The peer sent a frame or a message above our bounds.</summary>
    TooLarge,

    /// <summary>Our own side failed: no descriptors, no memory, a stalled process. Says nothing about the peer.</summary>
    Local,
}

/// <summary>An error as a value.</summary>
/// <param name="Code">The class of the error.</param>
/// <param name="Message">One sentence for people: what was seen, with the bytes that matter.</param>
public sealed record ZmtpError(ZmtpErrorCode Code, string Message)
{
    /// <summary>With <see cref="ZmtpErrorCode.Version"/>: what the peer speaks, such as "2.0"; else null.</summary>
    public string? PeerVersion { get; init; }

    /// <summary>With <see cref="ZmtpErrorCode.Local"/>: nothing was tried, because too many connections go to the same address and port; the context reports it, too.</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>The end of <see cref="Message"/>, where that only holds for a peer that has never spoken ZMTP; else empty. See <see cref="OfKnownPeer"/>.</summary>
    public string Stranger { get; init; } = "";

    /// <summary>The same error of a peer that is known to speak ZMTP.</summary>
    public ZmtpError OfKnownPeer() => Stranger.Length == 0 ? this : this with { Message = Message[..^Stranger.Length], Stranger = "" };

    /// <summary>With <see cref="ZmtpErrorCode.TooLarge"/>: whether it is the size of a message, and not the number of its frames or the size of a command.</summary>
    public bool IsMessageSize { get; init; }

    /// <summary>With <see cref="ZmtpErrorCode.Disconnected"/>: whether the peer itself ended the connection; a lost network does so too.</summary>
    public bool IsByPeer { get; init; }
}
