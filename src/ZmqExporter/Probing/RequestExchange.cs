using System.Globalization;
using System.Runtime.CompilerServices;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The clock and the evidence of one request probe: what was sent and seen when, and what result that makes. Not thread-safe.</summary>
internal sealed class RequestExchange
{
    private const int MaxPassedOver = 10_000; // nobody who wants to know whether a server is well has to read more than that

    private readonly IMessageLink _link;
    private readonly ProbeClock _clock;
    private readonly PingMemory _pings;
    private readonly OverdueReply _sign;
    private Timestamp _idleSince;
    private Timestamp _firstSent;
    private Timestamp _lastSent;
    private Timestamp _besideSent;
    private Timestamp _lastReply;
    private Timestamp _earliestReply; // when the last reply may have come at the earliest
    private int _passedOver;
    private string? _whyPassedOver;
    private ZmtpMessage? _early;
    private bool _heard;
    private Renewal _renewal;
    private string? _ended; // how a kept connection did at this probe's request, in words

    /// <summary>Begins now.</summary>
    /// <param name="link">The way to the peer.</param>
    /// <param name="pings">How the peer treats a PING.</param>
    /// <param name="timeout">The module's timeout.</param>
    /// <param name="lateAfter">From when on a reply is late.</param>
    /// <param name="lastEnd">When the last probe ended.</param>
    /// <param name="time">The clock.</param>
    public RequestExchange(IMessageLink link, PingMemory pings, TimeSpan timeout, TimeSpan lateAfter, Timestamp lastEnd, TimeProvider time)
    {
        _idleSince = lastEnd;
        _link = link;
        _pings = pings;
        _clock = new ProbeClock(time, timeout, lateAfter);
        _sign = new OverdueReply(link, _clock, pings);
    }

    private enum Renewal
    {
        None,

        /// <summary>The kept connection gave no sign of life, and a fresh one took its place.</summary>
        WasMute,

        /// <summary>The peer ended the connection at our PING, which it does not know.</summary>
        WasLostToPing,

        /// <summary>The kept connection ended at the request, before anything came on it: somebody on the way drops those that are idle.</summary>
        WasEnded,
    }

    /// <summary>The hard deadline.</summary>
    public Timestamp Deadline => _clock.Deadline;

    /// <summary>Whether a request is out that has no reply yet.</summary>
    public bool AwaitsReply { get; private set; }

    /// <summary>Whether the connection in use was open before this probe began.</summary>
    public bool IsKept => _sign.IsKept;

    /// <summary>Whether the request is out on a fresh connection, too, and either one may answer.</summary>
    public bool AsksBeside { get; private set; }

    /// <summary>Whether the connection in use has shown in this probe that it is alive.</summary>
    public bool IsProvenAlive => _sign.Pong.IsSet && _link.SeesZmtp;

    /// <summary>Whether the peer's host has not acknowledged the request yet, so that nothing that came can answer it.</summary>
    public bool IsUnacknowledged => !_sign.HasPinged && _link.IsAcknowledged == false;

    /// <summary>The connection is open.</summary>
    public void Opened(LinkOutcome outcome)
    {
        _sign.Opened();
        _idleSince = Timestamp.Max(_idleSince, _link.OpenedAt);
        if (!_sign.IsKept)
        {
            _clock.AddOwnDelay(_link.OwnDelay);
            _clock.CouldActAt(outcome.Timestamp);
        }
    }

    /// <summary>Sends a step's message.</summary>
    public void Send(ZmtpMessage message)
    {
        _lastSent = _clock.Acted();
        _firstSent = !_firstSent.IsSet ? _lastSent : _firstSent;
        AwaitsReply = true;
        _link.Send(message);
        NoteDelay(_lastSent);
    }

    /// <summary>Sends the first step's message once more, on the fresh connection. The kept one goes on being listened to: it may be slow and not dead.</summary>
    /// <param name="message">The message.</param>
    /// <param name="opened">How the fresh connection opened.</param>
    public void SendBeside(ZmtpMessage message, LinkOutcome opened)
    {
        _clock.CouldActAt(opened.Timestamp);
        _besideSent = _clock.Acted();
        AsksBeside = true;
        _link.SendBeside(message);
        NoteDelay(_besideSent);
    }

    /// <summary>The fresh connection has answered, or is all that is left: it takes the place of the kept one.</summary>
    public void TakeBeside()
    {
        AsksBeside = false;
        IsLost |= !_link.TakeBeside();
        _lastSent = _besideSent;
        _renewal = Renewal.WasMute;
        _sign.Renewed();
    }

    /// <summary>The reply came on the connection in use. If that is the one that the probe began with, it is alive, and a fresh one is not needed.</summary>
    public void AnsweredInUse()
    {
        if (_renewal == Renewal.None)
        {
            _sign.OnReply();
        }

        if (AsksBeside)
        {
            AsksBeside = false;
            _link.DropBeside();
        }
    }

    /// <summary>Whether the connection in use was lost and must not be kept.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Whether something that came then cannot answer the last request, because that was not yet sent.</summary>
    public bool IsTooEarly(LinkOutcome message)
    {
        var isFresh = message.IsBeside || !IsKept;

        // The kernel's clock is another one than ours, and what is known of their distance may be a little old.
        var sent = isFresh ? message.IsBeside ? _besideSent : _lastSent : _lastSent - Arrival.Tolerance;
        if (message.Timestamp >= sent)
        {
            return false;
        }

        if (isFresh)
        {
            _early = message.Message; // on a kept connection it answers an earlier probe
        }

        return true;
    }

    /// <summary>Whether a message came by the hard deadline; null when nobody can know.</summary>
    public bool? IsInTime(LinkOutcome message) => _clock.IsInTime(message);

    /// <summary>Waits for a message, and on the way looks for a sign of life when it is overdue.</summary>
    /// <returns>A message, a failure, the end of the time, or <see cref="LinkOutcomeKind.BesideOpened"/> when the request should go out on the fresh connection, too.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LinkOutcome> ReceiveAsync()
    {
        while (true)
        {
            var deadline = Deadline;
            var step = _sign.Next;
            var mark = _clock.LateFrom; // the socket is read then, so that what comes later is known to be late
            var next = Timestamp.Min(step, deadline);
            next = mark < next && _clock.Now < mark ? mark : next;
            var outcome = await _link.ReceiveAsync(next);
            switch (outcome.Kind)
            {
                case LinkOutcomeKind.Pong:
                    _sign.OnPong(outcome.Timestamp);
                    break;
                case LinkOutcomeKind.BesideOpened:
                    _sign.OnBesideOpened(outcome);
                    break;
                case LinkOutcomeKind.BesideFailed:
                    _sign.OnBesideFailed(outcome);
                    break;
                case LinkOutcomeKind.TimedOut when next == mark && mark < Timestamp.Min(step, deadline):
                    break;
                case LinkOutcomeKind.TimedOut when step < deadline:
                    if (_sign.TakeStep() is { } opened)
                    {
                        return opened;
                    }

                    break;
                default:
                    _heard |= outcome.Kind == LinkOutcomeKind.Message && !outcome.IsBeside && outcome.Timestamp >= _lastSent;
                    return outcome;
            }
        }
    }

    /// <summary>The conversation begins again, once, on a fresh connection: see <see cref="MayRetryAfter"/>.</summary>
    /// <param name="reopened">How the fresh connection came about.</param>
    public void Reopened(LinkOutcome reopened)
    {
        _renewal = _ended is null ? Renewal.WasLostToPing : Renewal.WasEnded;
        _clock.CouldActAt(reopened.Timestamp);
        _sign.Reopened();
    }

    /// <summary>
    /// Whether the connection was lost in a way that may be no fault of the peer's, and the request may go out once more: at our PING, or,
    /// when it was kept from an earlier probe, before anything came on it. A server that dies ends the fresh connection, too.
    /// </summary>
    public bool MayRetryAfter(LinkOutcome failure)
    {
        _pings.Look(_link);
        if (_renewal != Renewal.None)
        {
            return false;
        }

        if (_link.WasLostToPing)
        {
            return _pings.EndsAtPing;
        }

        if (!IsKept || _heard || _lastReply.IsSet || _sign.Pong.IsSet || failure.Error is not { IsByPeer: true } error)
        {
            return false;
        }

        _ended = KeptConnection.WasEndedAtRequest(_clock.Start - _idleSince, error.Message);
        return _clock.Deadline - _clock.Now >= _clock.Timeout / 4; // a shorter time would prove nothing
    }

    /// <summary>Notes a reply to what was sent last.</summary>
    public void Answered(LinkOutcome reply)
    {
        _lastReply = Timestamp.Max(_lastSent, reply.Timestamp);
        _earliestReply = Timestamp.Max(_lastSent, reply.Earliest ?? reply.Timestamp);
        _clock.CouldActAt(_lastReply);
        AwaitsReply = false;
    }

    /// <summary>Notes a message that is not yet the reply.</summary>
    /// <param name="problem">Why it is not.</param>
    /// <returns>False when there were so many that the probe gives up.</returns>
    public bool PassOver(string problem)
    {
        _whyPassedOver = problem;
        return ++_passedOver < MaxPassedOver;
    }

    /// <summary>The result when all replies came and are right.</summary>
    public ProbeResult Accepted()
    {
        var isSlow = _clock.IsLate(_earliestReply);
        if (!isSlow && _clock.IsLate(_lastReply) && !IsLateByDefinition)
        {
            // Where the kernel does not tell when bytes come, our own lateness is none of the server's, and no measurement either.
            var unknown = string.Create(
                CultureInfo.InvariantCulture,
                $"the reply is right; this process read it {(_lastReply - _clock.LateFrom).TotalSeconds:0.000} s after late_after and had not looked just before, so whether it came late is unknown");
            return Result(ProbeOutcome.OnTime, reason: null, unknown, true, true, true);
        }

        var found = _renewal switch
        {
            Renewal.WasMute => KeptConnection.HadDied(_sign.HasPinged),
            Renewal.WasLostToPing => KeptConnection.LostToPing,
            Renewal.WasEnded => _ended!,
            _ => "",
        };
        var detail = found.Length == 0 && isSlow ? _clock.LateWords("the reply came late", _lastReply) : found;
        var outcome = isSlow || IsLateByDefinition ? ProbeOutcome.Late : ProbeOutcome.OnTime;
        return Result(outcome, reason: null, detail, true, true, true) with
        {
            RoundTrip = _lastReply - _firstSent,
            IsSlow = isSlow,
            Found = found,
        };
    }

    /// <summary>The result when a reply came and is wrong.</summary>
    public ProbeResult Refused(string problem)
    {
        var detail = _passedOver < MaxPassedOver
            ? problem
            : string.Create(CultureInfo.InvariantCulture, $"{_passedOver} messages came, and none that meets until: {problem}");
        return Result(ProbeOutcome.Miss, FailureReason.UnexpectedReply, detail, reachable: true, responsive: true, ready: false);
    }

    /// <summary>The result when it cannot be known whether the reply came in time.</summary>
    public ProbeResult Unknowable(LinkOutcome message) => Result(
        ProbeOutcome.LocalError,
        FailureReason.LocalError,
        string.Create(CultureInfo.InvariantCulture, $"this process read the reply {(message.Timestamp - Deadline).TotalSeconds:0.000} s after the deadline and had not looked before, so whether it came in time is unknown"),
        reachable: null,
        responsive: null,
        ready: null);

    /// <summary>The result when the time is over.</summary>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended: what is slow does not hang.</param>
    public ProbeResult TimedOut(bool earlierCameLate)
    {
        if (_renewal == Renewal.WasLostToPing && !_heard)
        {
            return Result(ProbeOutcome.Pending, reason: null, KeptConnection.LostToPing + "; the time that was left proves nothing", true, null, null);
        }

        var limit = string.Create(CultureInfo.InvariantCulture, $"no reply within {_clock.Timeout.TotalSeconds:0.###} s");
        if (_passedOver > 0)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $" that meets until: {_passedOver} {(_passedOver == 1 ? "other" : "others")} came, the last one passed over because {_whyPassedOver}");
            return Result(ProbeOutcome.Miss, FailureReason.ReplyTimeout, limit + others, reachable: true, responsive: false, ready: false);
        }

        if (_heard)
        {
            var what = AwaitsReply ? ": the server answers, but so far only what it was asked earlier" : ": the reply came, but too late";
            return Result(ProbeOutcome.Miss, FailureReason.ReplyTimeout, limit + what, reachable: true, responsive: false, ready: false);
        }

        var silence = RequestWords.Silence(limit, _sign, _link, AsksBeside || _renewal == Renewal.WasMute, earlierCameLate);
        if (silence.Reason == FailureReason.LocalError)
        {
            return Result(ProbeOutcome.LocalError, silence.Reason, silence.Detail, reachable: null, responsive: null, ready: null) with
            {
                IsHeldBack = silence.IsHeldBack,
            };
        }

        var ended = _renewal == Renewal.WasEnded ? "; this was a fresh connection, because " + _ended : "";
        var early = _early is null ? "" : $"; {RequestWords.CameUnasked(MessageText.Of(_early))}";
        return Result(ProbeOutcome.Miss, silence.Reason, silence.Detail + ended + early, silence.Reachable, responsive: false, ready: false);
    }

    /// <summary>The result when the connection could not be made or was lost.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="isOpening">Whether it could not be made.</param>
    public ProbeResult Failed(LinkOutcome outcome, bool isOpening = false)
    {
        var error = outcome.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the connection attempt did not end");
        if (error.Code == ZmtpErrorCode.Local)
        {
            return Local(error);
        }

        var reachable = ProbeFailures.IsReachable(error.Code, _link.HasGreeted, isOpening);
        var detail = !isOpening && AwaitsReply ? LostAfterRequest.Words(error, outcome.Timestamp - _lastSent) : error.Message;
        detail = _ended is null ? detail
            : _renewal == Renewal.None && !isOpening ? _ended
            : $"{detail}; this was a fresh connection, because {_ended}";
        return Result(ProbeOutcome.Miss, ProbeFailures.Reason(error.Code), detail, reachable, responsive: false, ready: false);
    }

    private bool IsLateByDefinition => _renewal is Renewal.WasMute or Renewal.WasEnded;

    private ProbeResult Local(ZmtpError error) =>
        Result(ProbeOutcome.LocalError, FailureReason.LocalError, error.Message, reachable: null, responsive: null, ready: null) with
        {
            IsHeldBack = error.IsHeldBack,
        };

    private void NoteDelay(Timestamp sent)
    {
        if (_clock.Now - sent > ProbeClock.TimerTolerance)
        {
            _clock.Acted(); // this thread was held up somewhere around the system call
        }
    }

    private ProbeResult Result(ProbeOutcome outcome, FailureReason? reason, string detail, bool? reachable, bool? responsive, bool? ready)
    {
        var now = _clock.Now;
        var timings = _link.Timings;
        return new ProbeResult
        {
            Outcome = outcome,
            Reason = reason,
            Detail = detail,
            Reachable = reachable,
            Responsive = responsive,
            Ready = ready,
            Elapsed = now - _clock.Start,
            Phases = new PhaseDurations(
                timings.Resolve,
                timings.Connect,
                timings.Handshake,
                !_sign.Pong.IsSet || !_link.SeesZmtp || _renewal != Renewal.None ? null : _sign.Pong - _sign.PingSent,
                _firstSent.IsSet ? (AwaitsReply ? now : _lastReply) - _firstSent : null),
            Peer = _link.Peer,
        };
    }
}
