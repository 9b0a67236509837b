using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>What a wait on a link ended with.</summary>
internal enum LinkOutcomeKind
{
    /// <summary>Messages may be sent.</summary>
    Opened,

    /// <summary>A message came.</summary>
    Message,

    /// <summary>The peer's I/O thread gave a sign of life.</summary>
    Pong,

    /// <summary>The connection beside is open: a process that speaks ZMTP shook hands just now.</summary>
    BesideOpened,

    /// <summary>The connection beside could not be made.</summary>
    BesideFailed,

    /// <summary>The time is over, and the socket was read after that.</summary>
    TimedOut,

    /// <summary>The connection could not be made or was lost.</summary>
    Failed,
}

/// <summary>The outcome of a wait on a link, with when it came about.</summary>
/// <param name="Kind">Which of the other members is set.</param>
/// <param name="Timestamp">When; for a message the latest moment at which it may have come, see <see cref="Arrival"/>.</param>
/// <param name="Message">For <see cref="LinkOutcomeKind.Message"/>.</param>
/// <param name="Error">For <see cref="LinkOutcomeKind.Failed"/> and <see cref="LinkOutcomeKind.BesideFailed"/>.</param>
internal readonly record struct LinkOutcome(LinkOutcomeKind Kind, Timestamp Timestamp, ZmtpMessage? Message = null, ZmtpError? Error = null)
{
    /// <summary>What a probe gets from a link that is gone.</summary>
    public static LinkOutcome Stopped { get; } = new(
        LinkOutcomeKind.Failed, Timestamp.None, Error: new ZmtpError(ZmtpErrorCode.Local, "the exporter stops"));

    /// <summary>The earliest moment at which the message may have come; null when that is <see cref="Timestamp"/> as well.</summary>
    public Timestamp? Earliest { get; init; }

    /// <summary>For a message: whether it came on the connection beside, by <see cref="IMessageLink.SendBeside"/>.</summary>
    public bool IsBeside { get; init; }

    /// <summary>For <see cref="LinkOutcomeKind.BesideFailed"/>: whether the peer's greeting came on it.</summary>
    public bool HasGreeted { get; init; }
}
