using System.Globalization;
using ZmqExporter.Configuration;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Makes the result of a request probe from what was sent and seen. Not thread-safe.</summary>
internal readonly ref struct RequestVerdict
{
    private readonly IMessageLink _link;
    private readonly ProbeClock _clock;
    private readonly OverdueReply _sign;
    private readonly RequestLimits _limits;
    private readonly ref readonly RequestEvidence _evidence;

    /// <param name="link">The way to the peer.</param>
    /// <param name="clock">The probe's time.</param>
    /// <param name="sign">What was done when the reply was overdue.</param>
    /// <param name="evidence">What was sent and seen.</param>
    /// <param name="limits">What the module allows.</param>
    public RequestVerdict(IMessageLink link, ProbeClock clock, OverdueReply sign, ref readonly RequestEvidence evidence, RequestLimits limits)
    {
        _link = link;
        _clock = clock;
        _sign = sign;
        _limits = limits;
        _evidence = ref evidence;
    }

    private bool IsLateByDefinition => _evidence.Renewal is RequestRenewal.WasMute or RequestRenewal.WasEnded;

    /// <summary>When all replies came and are right.</summary>
    public ProbeResult Accepted()
    {
        var isSlow = _clock.IsLate(_evidence.EarliestReply);
        if (!isSlow && _clock.IsLate(_evidence.LastReply) && !IsLateByDefinition)
        {
            // Where the kernel does not tell when bytes come, our own lateness is none of the server's, and no measurement either.
            var unknown = string.Create(
                CultureInfo.InvariantCulture,
                $"the reply is right; this process read it {(_evidence.LastReply - _clock.LateFrom).TotalSeconds:0.000} s after late_after and had not looked just before, so whether it came late is unknown");
            return Ended(ProbeResult.Answer(ProbeOutcome.OnTime, unknown, reachable: true) with { Responsive = true, Ready = true });
        }

        var found = _evidence.Renewal switch
        {
            RequestRenewal.WasMute => KeptConnection.HadDied(_sign.HasPinged),
            RequestRenewal.WasLostToPing => KeptConnection.LostToPing,
            RequestRenewal.WasEnded => _evidence.Ended!,
            _ => "",
        };
        var detail = found.Length == 0 && isSlow ? _clock.LateWords("the reply came late", _evidence.LastReply) : found;
        var now = _clock.Now;
        return new ProbeResult // at once: nearly all results are of this kind
        {
            Outcome = isSlow || IsLateByDefinition ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = detail,
            Reachable = true,
            Responsive = true,
            Ready = true,
            RoundTrip = _evidence.LastReply - _evidence.FirstSent,
            IsSlow = isSlow,
            Found = found,
            Elapsed = now - _clock.Start,
            Phases = PhasesUntil(now),
            Peer = _link.Peer,
        };
    }

    /// <summary>When a reply came and is wrong.</summary>
    public ProbeResult Refused(string problem)
    {
        var detail = _evidence.PassedOver <= _limits.MaxPassedOver
            ? problem
            : string.Create(CultureInfo.InvariantCulture, $"{_evidence.PassedOver} messages came, none meets until, and max_passed_over is {_limits.MaxPassedOver}: {problem}");
        return Ended(ProbeResult.Miss(FailureReason.UnexpectedReply, detail, reachable: true) with { Responsive = true });
    }

    /// <summary>When it cannot be known whether the reply came in time.</summary>
    public ProbeResult Unknowable(LinkOutcome message) => Ended(ProbeResult.Local(string.Create(
        CultureInfo.InvariantCulture,
        $"this process read the reply {(message.Timestamp - _clock.Deadline).TotalSeconds:0.000} s after the deadline and had not looked before, so whether it came in time is unknown")));

    /// <summary>When the time is over.</summary>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended: what is slow does not hang.</param>
    public ProbeResult TimedOut(bool earlierCameLate)
    {
        if (_evidence is { Renewal: RequestRenewal.WasLostToPing, HasHeard: false, LastReply.IsSet: false })
        {
            return Ended(ProbeResult.Pending(KeptConnection.LostToPing + "; the time that was left proves nothing", reachable: true));
        }

        var limit = string.Create(CultureInfo.InvariantCulture, $"no reply within {_clock.Timeout.TotalSeconds:0.###} s");
        if (_evidence.PassedOver > 0)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $" that meets until: {_evidence.PassedOver} {(_evidence.PassedOver == 1 ? "other" : "others")} came, the last one passed over because {_evidence.WhyPassedOver}");
            return Ended(ProbeResult.Miss(FailureReason.ReplyTimeout, limit + others, reachable: true));
        }

        if (_evidence.HasHeard)
        {
            var what = _evidence.AwaitsReply ? ": the server answers, but so far only what it was asked earlier" : ": the reply came, but too late";
            return Ended(ProbeResult.Miss(FailureReason.ReplyTimeout, limit + what, reachable: true));
        }

        var wasSentAgain = _evidence.AsksBeside || _evidence.Renewal == RequestRenewal.WasMute;
        var silence = RequestWords.Silence(limit, _sign, _link, wasSentAgain, earlierCameLate);
        if (silence.Reason != FailureReason.LocalError)
        {
            var ended = _evidence.Renewal == RequestRenewal.WasEnded ? "; this was a fresh connection, because " + _evidence.Ended : "";
            var early = _evidence.Early is { } message ? $"; {RequestWords.CameUnasked(MessageText.Of(message))}" : "";
            silence = silence with { Detail = silence.Detail + ended + early };
        }

        return Ended(_limits.HasRoutingId ? WithHint(silence).ToResult() : silence.ToResult());
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
        var detail = !isOpening && _evidence.AwaitsReply ? LostAfterRequest.Words(error, outcome.Timestamp - _evidence.LastSent) : error.Message;
        if (error.IsMessageSize)
        {
            detail += $"; max_reply is {ByteSizes.Show(_limits.MaxReply)}: raise it if a healthy server sends so much";
        }

        if (_evidence.Ended is { } ended)
        {
            detail = _evidence.Renewal == RequestRenewal.None && !isOpening ? ended : $"{detail}; this was a fresh connection, because {ended}";
        }

        // What answers with more than we take does not hang.
        var result = ProbeFailures.ResultOf(error, detail, _link.HasGreeted, isOpening);
        return Ended(error.IsMessageSize && !isOpening && _evidence.AwaitsReply ? result with { Responsive = true } : result);
    }

    /// <summary>Adds what every result of such a probe tells; a miss that says nothing else says that the server is neither responsive nor ready.</summary>
    private ProbeResult Ended(ProbeResult result)
    {
        var now = _clock.Now;
        bool? isMissed = result.Outcome == ProbeOutcome.Miss ? false : null;
        return result with
        {
            Responsive = result.Responsive ?? isMissed,
            Ready = result.Ready ?? isMissed,
            Elapsed = now - _clock.Start,
            Phases = PhasesUntil(now),
            Peer = _link.Peer,
        };
    }

    private PhaseDurations PhasesUntil(Timestamp now)
    {
        var timings = _link.Timings;
        return new PhaseDurations(
            timings.Resolve,
            timings.Connect,
            timings.Handshake,
            !_sign.Pong.IsSet || !_link.SeesZmtp || _evidence.Renewal != RequestRenewal.None ? null : _sign.Pong - _sign.PingSent,
            _evidence.FirstSent.IsSet ? (_evidence.AwaitsReply ? now : _evidence.LastReply) - _evidence.FirstSent : null);
    }
}
