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

    /// <summary>The time is over.</summary>
    TimedOut,

    /// <summary>The connection could not be made or was lost.</summary>
    Failed,

    /// <summary>The connection beside completed its handshake; see <see cref="IMessageLink.OpenBeside"/>.</summary>
    BesideOpened,

    /// <summary>The connection beside could not be made or was lost.</summary>
    BesideFailed,
}

/// <summary>The outcome of a wait on a link, with when it came about.</summary>
/// <param name="Kind">Which of the other members is set.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Message">For <see cref="LinkOutcomeKind.Message"/>.</param>
/// <param name="Error">For <see cref="LinkOutcomeKind.Failed"/> and <see cref="LinkOutcomeKind.BesideFailed"/>.</param>
internal readonly record struct LinkOutcome(LinkOutcomeKind Kind, long Timestamp, ZmtpMessage? Message = null, ZmtpError? Error = null);
