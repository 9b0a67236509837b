using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What a connection's error means for a probe.</summary>
internal static class ProbeFailures
{
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
