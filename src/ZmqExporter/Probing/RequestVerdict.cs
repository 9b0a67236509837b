using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>What result the evidence of one request probe makes. Not thread-safe.</summary>
/// <param name="link">The way to the peer.</param>
/// <param name="clock">The probe's time.</param>
/// <param name="sign">What was done when the reply was overdue.</param>
/// <param name="evidence">What was sent and seen.</param>
/// <param name="limits">What the module allows.</param>
internal sealed class RequestVerdict(IMessageLink link, ProbeClock clock, OverdueReply sign, RequestEvidence evidence, RequestLimits limits)
{
    private bool IsLateByDefinition => evidence.Renewal is RequestRenewal.WasMute or RequestRenewal.WasEnded;

    /// <summary>When all replies came and are right.</summary>
    public ProbeResult Accepted()
    {
        var isSlow = clock.IsLate(evidence.EarliestReply);
        if (!isSlow && clock.IsLate(evidence.LastReply) && !IsLateByDefinition)
        {
            // Where the kernel does not tell when bytes come, our own lateness is none of the server's, and no measurement either.
            var unknown = string.Create(
                CultureInfo.InvariantCulture,
                $"the reply is right; this process read it {(evidence.LastReply - clock.LateFrom).TotalSeconds:0.000} s after late_after and had not looked just before, so whether it came late is unknown");
            return Ended(ProbeResult.Answer(ProbeOutcome.OnTime, unknown, reachable: true) with { Responsive = true, Ready = true });
        }

        var found = evidence.Renewal switch
        {
            RequestRenewal.WasMute => KeptConnection.HadDied(sign.HasPinged),
            RequestRenewal.WasLostToPing => KeptConnection.LostToPing,
            RequestRenewal.WasEnded => evidence.Ended!,
            _ => "",
        };
        var detail = found.Length == 0 && isSlow ? clock.LateWords("the reply came late", evidence.LastReply) : found;
        var now = clock.Now;
        return new ProbeResult // at once: nearly all results are of this kind
        {
            Outcome = isSlow || IsLateByDefinition ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = detail,
            Reachable = true,
            Responsive = true,
            Ready = true,
            RoundTrip = evidence.LastReply - evidence.FirstSent,
            IsSlow = isSlow,
            Found = found,
            Elapsed = now - clock.Start,
            Phases = PhasesUntil(now),
            Peer = link.Peer,
        };
    }

    /// <summary>When a reply came and is wrong.</summary>
    public ProbeResult Refused(string problem)
    {
        var detail = evidence.PassedOver <= limits.MaxPassedOver
            ? problem
            : string.Create(CultureInfo.InvariantCulture, $"{evidence.PassedOver} messages came, none meets until, and max_passed_over is {limits.MaxPassedOver}: {problem}");
        return Ended(ProbeResult.Miss(FailureReason.UnexpectedReply, detail, reachable: true) with { Responsive = true });
    }

    /// <summary>When it cannot be known whether the reply came in time.</summary>
    public ProbeResult Unknowable(LinkOutcome message) => Ended(ProbeResult.Local(string.Create(
        CultureInfo.InvariantCulture,
        $"this process read the reply {(message.Timestamp - clock.Deadline).TotalSeconds:0.000} s after the deadline and had not looked before, so whether it came in time is unknown")));

    /// <summary>When the time is over.</summary>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended: what is slow does not hang.</param>
    public ProbeResult TimedOut(bool earlierCameLate)
    {
        if (evidence is { Renewal: RequestRenewal.WasLostToPing, HasHeard: false, LastReply.IsSet: false })
        {
            return Ended(ProbeResult.Pending(KeptConnection.LostToPing + "; the time that was left proves nothing", reachable: true));
        }

        var limit = string.Create(CultureInfo.InvariantCulture, $"no reply within {clock.Timeout.TotalSeconds:0.###} s");
        if (evidence.PassedOver > 0)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $" that meets until: {evidence.PassedOver} {(evidence.PassedOver == 1 ? "other" : "others")} came, the last one passed over because {evidence.WhyPassedOver}");
            return Ended(ProbeResult.Miss(FailureReason.ReplyTimeout, limit + others, reachable: true));
        }

        if (evidence.HasHeard)
        {
            var what = evidence.AwaitsReply ? ": the server answers, but so far only what it was asked earlier" : ": the reply came, but too late";
            return Ended(ProbeResult.Miss(FailureReason.ReplyTimeout, limit + what, reachable: true));
        }

        var wasSentAgain = evidence.AsksBeside || evidence.Renewal == RequestRenewal.WasMute;
        var silence = RequestWords.Silence(limit, sign, link, wasSentAgain, earlierCameLate);
        if (silence.Reason != FailureReason.LocalError)
        {
            var ended = evidence.Renewal == RequestRenewal.WasEnded ? "; this was a fresh connection, because " + evidence.Ended : "";
            var early = evidence.Early is { } message ? $"; {RequestWords.CameUnasked(MessageText.Of(message))}" : "";
            silence = silence with { Detail = silence.Detail + ended + early };
        }

        return Ended(limits.HasRoutingId ? WithHint(silence).ToResult() : silence.ToResult());
    }

    // A ROUTER takes the connection, and never reads what comes on it.
    private static MuteConnection WithHint(MuteConnection silence) => silence.Reason != FailureReason.ReplyTimeout ? silence : silence with
    {
        Detail = silence.Detail + "; a ROUTER also ignores a peer whose routing_id another connection has, from wherever it comes",
    };

    /// <summary>When the connection could not be made or was lost.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="isOpening">Whether it could not be made.</param>
    public ProbeResult Failed(LinkOutcome outcome, bool isOpening = false)
    {
        var error = ProbeFailures.ErrorOf(outcome);
        var detail = !isOpening && evidence.AwaitsReply ? LostAfterRequest.Words(error, outcome.Timestamp - evidence.LastSent) : error.Message;
        if (error.IsMessageSize)
        {
            detail += $"; max_reply is {ByteSizes.Show(limits.MaxReply)}: raise it if a healthy server sends so much";
        }

        if (evidence.Ended is { } ended)
        {
            detail = evidence.Renewal == RequestRenewal.None && !isOpening ? ended : $"{detail}; this was a fresh connection, because {ended}";
        }

        // What answers with more than we take does not hang.
        var result = ProbeFailures.ResultOf(error, detail, link.HasGreeted, isOpening);
        return Ended(error.IsMessageSize && !isOpening && evidence.AwaitsReply ? result with { Responsive = true } : result);
    }

    /// <summary>Adds what every result of such a probe tells; a miss that says nothing else says that the server is neither responsive nor ready.</summary>
    private ProbeResult Ended(ProbeResult result)
    {
        var now = clock.Now;
        bool? isMissed = result.Outcome == ProbeOutcome.Miss ? false : null;
        return result with
        {
            Responsive = result.Responsive ?? isMissed,
            Ready = result.Ready ?? isMissed,
            Elapsed = now - clock.Start,
            Phases = PhasesUntil(now),
            Peer = link.Peer,
        };
    }

    private PhaseDurations PhasesUntil(Timestamp now)
    {
        var timings = link.Timings;
        return new PhaseDurations(
            timings.Resolve,
            timings.Connect,
            timings.Handshake,
            !sign.Pong.IsSet || !link.SeesZmtp || evidence.Renewal != RequestRenewal.None ? null : sign.Pong - sign.PingSent,
            evidence.FirstSent.IsSet ? (evidence.AwaitsReply ? now : evidence.LastReply) - evidence.FirstSent : null);
    }
}
