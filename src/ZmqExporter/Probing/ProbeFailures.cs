using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a connection's error means for a probe.</summary>
internal static class ProbeFailures
{
    /// <summary>The error of a wait that ended without a connection.</summary>
    public static ZmtpError ErrorOf(LinkOutcome outcome) =>
        outcome.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the connection attempt did not end");

    /// <summary>The result of a probe whose connection could not be made or was lost.</summary>
    /// <param name="error">Why.</param>
    /// <param name="detail">The same in words for people, with what is known beyond it; an error of our own keeps its own.</param>
    /// <param name="hasGreeted">Whether the peer's greeting was valid.</param>
    /// <param name="isOpening">Whether the connection could not be made.</param>
    public static ProbeResult ResultOf(ZmtpError error, string detail, bool hasGreeted, bool isOpening) => error.Code == ZmtpErrorCode.Local
        ? ProbeResult.Local(error.Message, error.IsHeldBack)
        : ProbeResult.Miss(Reason(error.Code), detail, IsReachable(error.Code, hasGreeted, isOpening));

    /// <summary>The failure reason.</summary>
    public static FailureReason Reason(ZmtpErrorCode code) => code switch
    {
        ZmtpErrorCode.Resolve => FailureReason.Resolve,
        ZmtpErrorCode.Refused => FailureReason.Refused,
        ZmtpErrorCode.Unreachable => FailureReason.Unreachable,
        ZmtpErrorCode.ConnectTimeout => FailureReason.ConnectTimeout,
        ZmtpErrorCode.NotZmtp => FailureReason.NotZmtp,
        ZmtpErrorCode.Version => FailureReason.Version,
        ZmtpErrorCode.Mechanism => FailureReason.Mechanism,
        ZmtpErrorCode.Auth => FailureReason.Auth,
        ZmtpErrorCode.SocketType => FailureReason.SocketType,
        ZmtpErrorCode.HandshakeTimeout => FailureReason.HandshakeTimeout,
        ZmtpErrorCode.Disconnected => FailureReason.Disconnected,
        ZmtpErrorCode.Protocol => FailureReason.Protocol,
        ZmtpErrorCode.TooLarge => FailureReason.TooLarge,
        ZmtpErrorCode.Local => FailureReason.LocalError,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No failure reason stands for this code."),
    };

    /// <summary>Whether the failure proves that a process which speaks ZMTP listens there: it said something only such a one says.</summary>
    /// <param name="code">The error.</param>
    /// <param name="hasGreeted">Whether its greeting was valid.</param>
    /// <param name="isOpening">Whether that greeting came in this very attempt to connect: one from earlier says nothing of a server that is lost now.</param>
    public static bool IsReachable(ZmtpErrorCode code, bool hasGreeted, bool isOpening) => code switch
    {
        ZmtpErrorCode.Version or ZmtpErrorCode.Mechanism or ZmtpErrorCode.Auth or ZmtpErrorCode.SocketType => true,
        ZmtpErrorCode.Protocol or ZmtpErrorCode.TooLarge => hasGreeted,
        ZmtpErrorCode.Disconnected or ZmtpErrorCode.HandshakeTimeout => hasGreeted && isOpening,
        _ => false,
    };
}
