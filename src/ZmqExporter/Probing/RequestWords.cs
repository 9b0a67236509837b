using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What the evidence of a request probe means, in words: each names what was seen, and never another thing.</summary>
internal static class RequestWords
{
    /// <summary>A peer that ends the connection at a PING.</summary>
    public const string LostToPing =
        "the peer announces ZMTP 3.1 and ended the connection at our PING, so it does not know that command: it gets no more, and the request was sent again on a fresh connection";

    private const string Slow = ": the reply to an earlier probe came after its deadline, so the server is slow rather than hung, or the timeout is too short";

    /// <summary>A kept connection that had died in silence.</summary>
    /// <param name="hasPinged">Whether a PING on it stayed without an answer.</param>
    public static string ConnectionHadDied(bool hasPinged) =>
        $"the kept connection had died in silence ({(hasPinged ? "no reply and no answer to a ZMTP PING came on it" : "the peer's host did not acknowledge the request on it")}), and a fresh one was answered: "
        + "a NAT, firewall, proxy or load balancer between forgot it; connection: per_probe or a shorter interval avoids that";

    /// <summary>A message that came before anything was asked.</summary>
    /// <param name="message">The message, in words.</param>
    public static string CameUnasked(string message) =>
        $"before the request was sent, the server sent {message}: a greeting of its own, or the empty message of ZMQ_PROBE_ROUTER; until passes over such messages";

    /// <summary>What TCP knows of a peer that answers nothing: the kernel of a frozen process still acknowledges what comes; nobody does for a host that is gone.</summary>
    /// <param name="link">The connection that is mute.</param>
    /// <param name="besideError">What became of a fresh one, or null.</param>
    public static string Frozen(IMessageLink link, ZmtpError? besideError)
    {
        var beside = besideError is null ? "" : $" (of a fresh connection the verdict is: {besideError.Message})";
        return link.IsAcknowledged switch
        {
            true => $": the process is frozen; its kernel acknowledged what we sent, but nothing answers it{beside}",
            false => $": the network or the host is lost; nobody acknowledged what we sent{beside}",
            null => $": the process is frozen, or the network lost it{beside}",
        };
    }

    /// <summary>What it means that no message came by the deadline.</summary>
    /// <param name="sign">What the probe did about it.</param>
    /// <param name="link">The connection.</param>
    /// <param name="wasSentAgain">Whether the request went out once more, on a fresh connection.</param>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended.</param>
    public static (bool? Reachable, string Detail, FailureReason Reason) Silence(OverdueReply sign, IMessageLink link, bool wasSentAgain, bool earlierCameLate)
    {
        const FailureReason timeout = FailureReason.ReplyTimeout;
        if (!link.SeesZmtp)
        {
            return SilenceOverNetMq(sign, earlierCameLate);
        }

        if (sign.Pong > 0)
        {
            return (true, earlierCameLate ? Slow : ": the server accepted the request and does not answer (its I/O thread does answer a ZMTP PING, so the process lives: its application hangs, needs longer, or ignores requests of this form)", timeout);
        }

        if (wasSentAgain)
        {
            return (true, ": the kept connection gave no sign of life, and a fresh one shook hands, so the process lives, but it did not answer the request there either: its application hangs or needs longer", timeout);
        }

        if (sign.BesideStarted != 0 && sign.HasShakenHands)
        {
            return (true, earlierCameLate ? Slow : ": the server does not answer (a fresh connection shook hands, so the process lives: its application hangs, needs longer, or ignores requests of this form)", timeout);
        }

        if (sign.BesideError is { Code: ZmtpErrorCode.Refused or ZmtpErrorCode.Unreachable } gone)
        {
            return (false, $": the kept connection gave no sign of life, and of a fresh one the verdict is: {gone.Message}", ProbeFailures.Reason(gone.Code));
        }

        if (earlierCameLate && !sign.HasPinged)
        {
            return (sign.HasShakenHands ? true : null, Slow, timeout);
        }

        if (sign.HasPinged && sign.HadTimeToPong)
        {
            return (false, $", and no answer to a ZMTP PING either{Frozen(link, sign.BesideError)}", timeout);
        }

        if (sign.HasPinged)
        {
            return (sign.IsKept ? null : true, "; the time was over before an answer to a ZMTP PING could tell whether the process lives", timeout);
        }

        if (!sign.IsKept && sign.HasShakenHands)
        {
            return (true, ": the process lives, since it shook hands in this probe, but its application hangs, needs longer, or ignores requests of this form", timeout);
        }

        return sign.HadTimeToShakeHands
            ? (false, $", and a fresh connection did not get through its handshake{Frozen(link, sign.BesideError)}", timeout)
            : (null, "; this peer is asked no ZMTP PING and the time was too short for a fresh connection, so whether its process lives is unknown", timeout);
    }

    private static (bool? Reachable, string Detail, FailureReason Reason) SilenceOverNetMq(OverdueReply sign, bool earlierCameLate)
    {
        const string knock = "a connection of the exporter's own client";
        return (sign.Pong, sign.HasPinged) switch
        {
            ( > 0, _) when earlierCameLate => (true, Slow, FailureReason.ReplyTimeout),
            (_, false) when earlierCameLate => (null, Slow, FailureReason.ReplyTimeout),
            ( > 0, _) => (true, $": the server accepted the request and does not answer (its I/O thread does answer {knock}, so the process lives: its application hangs, needs longer, or ignores requests of this form)", FailureReason.ReplyTimeout),
            (_, true) when sign.HadTimeToPong => (false, $", and no answer to {knock} either: the process is frozen, or the network lost it", FailureReason.ReplyTimeout),
            (_, true) => (null, $"; the time was over before an answer to {knock} could tell whether the process lives", FailureReason.ReplyTimeout),
            _ => (null, "; NetMQ sends no ZMTP PING, so whether the process lives is unknown", FailureReason.ReplyTimeout),
        };
    }
}
