using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What the evidence of a request probe means, in words: each names what was seen, and never another thing.</summary>
internal static class RequestWords
{
    private const string Slow = ": the reply to an earlier probe came after its deadline, so the server is slow rather than hung, or the timeout is too short";

    /// <summary>A message that came before anything was asked.</summary>
    /// <param name="message">The message, in words.</param>
    public static string CameUnasked(string message) =>
        $"before the request was sent, the server sent {message}: a greeting of its own, or the empty message of ZMQ_PROBE_ROUTER; until passes over such messages";

    /// <summary>What it means that no message came by the deadline.</summary>
    /// <param name="limit">That, in words.</param>
    /// <param name="sign">What the probe did about it.</param>
    /// <param name="link">The connection.</param>
    /// <param name="wasSentAgain">Whether the request went out once more, on a fresh connection.</param>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended.</param>
    public static MuteConnection Silence(string limit, OverdueReply sign, IMessageLink link, bool wasSentAgain, bool earlierCameLate)
    {
        var orDied = sign.IsKept ? KeptConnection.MayHaveDied : "";
        MuteConnection Timeout(bool? reachable, string detail) => new(FailureReason.ReplyTimeout, reachable, limit + detail);

        if (!link.SeesZmtp)
        {
            var (reachable, detail) = SilenceOverNetMq(sign, earlierCameLate);
            return Timeout(reachable, detail);
        }

        if (sign.Pong.IsSet)
        {
            return Timeout(true, earlierCameLate ? Slow : ": the server accepted the request and does not answer (its I/O thread does answer a ZMTP PING, so the process lives: its application hangs, needs longer, or ignores requests of this form)");
        }

        if (wasSentAgain)
        {
            return Timeout(true, ": the kept connection gave no sign of life, and a fresh one shook hands, so the process lives, but it did not answer the request there either: its application hangs or needs longer");
        }

        if (sign.HasBesideOpened)
        {
            return Timeout(true, earlierCameLate ? Slow : $": the server does not answer (a fresh connection shook hands, so the process lives: its application hangs, needs longer, or ignores requests of this form{orDied})");
        }

        var seen = sign.HasPinged ? limit + ", and no answer to a ZMTP PING either" : limit + ", and no sign of life";
        if (sign.Fresh is { IsMute: false })
        {
            return MuteConnection.Judge(seen, sign.Silence);
        }

        if (earlierCameLate && !sign.HasPinged)
        {
            return Timeout(sign.HasShakenHands ? true : null, Slow);
        }

        if (sign.HasPinged && !sign.IsKept && sign.HasShakenHands)
        {
            return Timeout(true, ", and no answer to a ZMTP PING either: the process shook hands in this probe, so it lived then; its application hangs or needs longer and its PONG with it, it froze since, or it does not know PING: try ping: false");
        }

        if (sign.HasPinged && sign.HadTimeToPong)
        {
            return MuteConnection.Judge(seen, sign.Silence);
        }

        if (sign.HasPinged)
        {
            return Timeout(sign.IsKept ? null : true, "; the time was over before an answer to a ZMTP PING could tell whether the process lives");
        }

        if (!sign.IsKept && sign.HasShakenHands)
        {
            return Timeout(true, ": the process lives, since it shook hands in this probe, but its application hangs, needs longer, or ignores requests of this form");
        }

        return sign.HadTimeToShakeHands
            ? MuteConnection.Judge(limit + ", and a fresh connection did not get through its handshake", sign.Silence)
            : Timeout(null, "; this peer is asked no ZMTP PING and the time was too short for a fresh connection, so whether its process lives is unknown");
    }

    private static (bool? Reachable, string Detail) SilenceOverNetMq(OverdueReply sign, bool earlierCameLate)
    {
        const string knock = "a connection of the exporter's own client";
        return (sign.Pong, sign.HasPinged) switch
        {
            ({ IsSet: true }, _) when earlierCameLate => (true, Slow),
            (_, false) when earlierCameLate => (null, Slow),
            ({ IsSet: true }, _) => (true, $": the server accepted the request and does not answer (its I/O thread does answer {knock}, so the process lives: its application hangs, needs longer, or ignores requests of this form{(sign.IsKept ? KeptConnection.MayHaveDied : "")})"),
            (_, true) when sign.HadTimeToPong => (false, $", and no answer to {knock} either: the process is frozen, or the network lost it"),
            (_, true) => (null, $"; the time was over before an answer to {knock} could tell whether the process lives"),
            _ => (null, "; NetMQ sends no ZMTP PING, so whether the process lives is unknown"),
        };
    }
}
