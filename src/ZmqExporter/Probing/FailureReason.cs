using ZmqExporter.Configuration;

namespace ZmqExporter.Probing;

/// <summary>Why a probe missed: the closed set of docs/metrics.md. The label is the snake_case of the name (<see cref="FailureReasons"/>).</summary>
internal enum FailureReason
{
    /// <summary>The name did not resolve.</summary>
    Resolve,

    /// <summary>Nothing listens on the port.</summary>
    Refused,

    /// <summary>No route to the host.</summary>
    Unreachable,

    /// <summary>TCP did not connect in time.</summary>
    ConnectTimeout,

    /// <summary>The peer does not speak ZMTP.</summary>
    NotZmtp,

    /// <summary>The peer's ZMTP is older than 3.0.</summary>
    Version,

    /// <summary>The peer asks for another security mechanism.</summary>
    Mechanism,

    /// <summary>The peer refused the credentials.</summary>
    Auth,

    /// <summary>The peer's socket type does not fit.</summary>
    SocketType,

    /// <summary>The ZMTP handshake did not end in time.</summary>
    HandshakeTimeout,

    /// <summary>The peer closed the connection.</summary>
    Disconnected,

    /// <summary>No reply in time.</summary>
    ReplyTimeout,

    /// <summary>A reply that fails an <c>expect</c>.</summary>
    UnexpectedReply,

    /// <summary>A publisher sent nothing, or too little, for too long.</summary>
    Silent,

    /// <summary>The peer broke the protocol.</summary>
    Protocol,

    /// <summary>The peer sent more than our bounds allow.</summary>
    TooLarge,

    /// <summary>Our own fault: says nothing about the target.</summary>
    LocalError,
}

/// <summary>The label values of <see cref="FailureReason"/>.</summary>
internal static class FailureReasons
{
    /// <summary>All members in their order.</summary>
    public static readonly FailureReason[] All = Enum.GetValues<FailureReason>();

    /// <summary>The label value, such as <c>reply_timeout</c>.</summary>
    public static string Label(this FailureReason reason) => EnumLabels<FailureReason>.All[(int)reason];
}
