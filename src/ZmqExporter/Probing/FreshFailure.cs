using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>How a fresh connection failed that was made beside a mute one.</summary>
/// <param name="Error">Why.</param>
/// <param name="HasGreeted">Whether the peer's greeting came on it.</param>
internal sealed record FreshFailure(ZmtpError Error, bool HasGreeted)
{
    /// <summary>Of the outcome of a wait.</summary>
    public static FreshFailure Of(LinkOutcome outcome) =>
        new(outcome.Error?.OfKnownPeer() ?? new ZmtpError(ZmtpErrorCode.Local, "the attempt to make a fresh connection did not end"), outcome.HasGreeted);

    /// <summary>Whether it is our own fault, so that nothing is known.</summary>
    public bool IsLocal => Error.Code == ZmtpErrorCode.Local;

    /// <summary>Whether nobody said a word on it, as when the process is frozen or the network is lost.</summary>
    public bool IsMute => Error.Code is ZmtpErrorCode.ConnectTimeout or ZmtpErrorCode.HandshakeTimeout && !HasGreeted;

    /// <summary>Whether a process that speaks ZMTP was there; null when nobody knows.</summary>
    public bool? IsReachable => IsLocal ? null : ProbeFailures.IsReachable(Error.Code, HasGreeted, isOpening: true);
}
