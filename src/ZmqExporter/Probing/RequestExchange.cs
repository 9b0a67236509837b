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
    private readonly OverdueReply _sign;
    private long _firstSent;
    private long _lastSent;
    private long _lastReply;
    private int _passedOver;
    private string? _whyPassedOver;
    private ZmtpMessage? _early;
    private bool _heard;
    private Renewal _renewal;

    /// <summary>Begins now.</summary>
    public RequestExchange(IMessageLink link, TimeSpan timeout, TimeSpan lateAfter, TimeProvider time)
    {
        _link = link;
        _clock = new ProbeClock(time, timeout, lateAfter);
        _sign = new OverdueReply(link, _clock);
    }

    private enum Renewal
    {
        None,

        /// <summary>The kept connection gave no sign of life, and a fresh one shook hands.</summary>
        WasMute,

        /// <summary>The peer ended the connection at our PING, which it does not know.</summary>
        WasLostToPing,
    }

    /// <summary>The hard deadline, as a timestamp.</summary>
    public long Deadline => _clock.Deadline;

    /// <summary>Whether a request is out that has no reply yet.</summary>
    public bool AwaitsReply { get; private set; }

    /// <summary>Whether the connection in use was open before this probe began.</summary>
    public bool IsKept => _sign.IsKept;

    /// <summary>Whether the connection in use has shown in this probe that it is alive.</summary>
    public bool IsProvenAlive => _sign.Pong != 0 && _link.SeesZmtp;

    /// <summary>Whether the peer's host has not acknowledged the request yet, so that nothing that came can answer it.</summary>
    public bool IsUnacknowledged => !_sign.HasPinged && _link.IsAcknowledged == false;

    /// <summary>The connection is open.</summary>
    public void Opened(LinkOutcome outcome)
    {
        _sign.Opened();
        if (!_sign.IsKept)
        {
            _clock.AddOwnDelay(_link.OwnDelay);
            _clock.CouldActAt(outcome.Timestamp);
        }
    }

    /// <summary>Sends a step's message.</summary>
    public void Send(ZmtpMessage message)
    {
        var now = _clock.Acted();
        _firstSent = _firstSent == 0 ? now : _firstSent;
        _lastSent = now;
        AwaitsReply = true;
        _link.Send(message);
        if (_clock.Span(now, _clock.Now) > ProbeClock.TimerTolerance)
        {
            _clock.Acted(); // this thread was held up somewhere around the system call
        }
    }

    /// <summary>Whether something that came then cannot answer the last request, because that was not yet sent.</summary>
    public bool IsTooEarly(LinkOutcome message)
    {
        if (message.Timestamp >= _lastSent)
        {
            return false;
        }

        if (!IsKept)
        {
            _early = message.Message; // on a kept connection it answers an earlier probe
        }

        return true;
    }

    /// <summary>Whether a message came by the hard deadline; null when nobody can know.</summary>
    public bool? IsInTime(LinkOutcome message) => _clock.IsInTime(message);

    /// <summary>Waits for a message, and on the way looks for a sign of life when it is overdue.</summary>
    /// <returns>A message, a failure, the end of the time, or <see cref="LinkOutcomeKind.BesideOpened"/> when the request should go out again.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LinkOutcome> ReceiveAsync()
    {
        while (true)
        {
            var deadline = Deadline;
            var step = _sign.Next;
            var outcome = await _link.ReceiveAsync(Math.Min(step, deadline));
            switch (outcome.Kind)
            {
                case LinkOutcomeKind.Pong:
                    _sign.OnPong(outcome.Timestamp);
                    break;
                case LinkOutcomeKind.BesideOpened:
                    _sign.OnBesideOpened();
                    if (_sign.WantsRetry)
                    {
                        return outcome;
                    }

                    break;
                case LinkOutcomeKind.BesideFailed:
                    _sign.OnBesideFailed(outcome.Error!);
                    break;
                case LinkOutcomeKind.TimedOut when step < deadline:
                    _sign.TakeStep();
                    break;
                default:
                    _heard |= outcome.Kind == LinkOutcomeKind.Message && outcome.Timestamp >= _lastSent;
                    return outcome;
            }
        }
    }

    /// <summary>The request goes out again, once, on a fresh connection.</summary>
    /// <param name="outcome">What <see cref="ReceiveAsync"/> ended with.</param>
    /// <param name="reopened">How the fresh connection came about, when the old one was lost.</param>
    public void Renewed(LinkOutcome outcome, LinkOutcome? reopened = null)
    {
        _renewal = reopened is null ? Renewal.WasMute : Renewal.WasLostToPing;
        _clock.CouldActAt((reopened ?? outcome).Timestamp);
        _sign.Renewed();
    }

    /// <summary>Whether the connection was lost in a way that is no fault of the peer's, and the request may go out once more.</summary>
    public bool MayRetryAfter(LinkOutcome failure) =>
        failure.Kind == LinkOutcomeKind.Failed && _link.WasLostToPing && _renewal == Renewal.None;

    /// <summary>Notes a reply to what was sent last.</summary>
    public void Answered(LinkOutcome reply)
    {
        _lastReply = Math.Max(_lastSent, reply.Timestamp);
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
        var isLate = _clock.IsLate(_lastReply);
        var (outcome, detail) = _renewal switch
        {
            Renewal.WasMute => (ProbeOutcome.Late, RequestWords.ConnectionHadDied(_sign.HasPinged)),
            Renewal.WasLostToPing => (isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime, RequestWords.LostToPing),
            _ => isLate ? (ProbeOutcome.Late, _clock.LateWords("the reply came late", _lastReply)) : (ProbeOutcome.OnTime, ""),
        };
        return Result(outcome, reason: null, detail, true, true, true) with { RoundTrip = _clock.Span(_firstSent, _lastReply) };
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
        string.Create(CultureInfo.InvariantCulture, $"this process read the reply {_clock.Span(Deadline, message.Timestamp).TotalSeconds:0.000} s after the deadline and had not looked before, so whether it came in time is unknown"),
        reachable: null,
        responsive: null,
        ready: null);

    /// <summary>The result when the time is over.</summary>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended: what is slow does not hang.</param>
    public ProbeResult TimedOut(bool earlierCameLate)
    {
        if (_renewal == Renewal.WasLostToPing && !_heard)
        {
            return Result(ProbeOutcome.Pending, reason: null, RequestWords.LostToPing + "; the time that was left proves nothing", true, null, null);
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

        var (reachable, detail, reason) = RequestWords.Silence(_sign, _link, _renewal == Renewal.WasMute, earlierCameLate);
        var early = _early is null ? "" : $"; {RequestWords.CameUnasked(MessageText.Of(_early))}";
        return Result(ProbeOutcome.Miss, reason, limit + detail + early, reachable, responsive: false, ready: false);
    }

    /// <summary>The result when the connection could not be made or was lost.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="isOpening">Whether it could not be made.</param>
    public ProbeResult Failed(LinkOutcome outcome, bool isOpening = false)
    {
        var error = outcome.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the connection attempt did not end");
        if (error.Code == ZmtpErrorCode.Local)
        {
            return Result(ProbeOutcome.LocalError, FailureReason.LocalError, error.Message, reachable: null, responsive: null, ready: null);
        }

        var reachable = ProbeFailures.IsReachable(error.Code, _link.HasGreeted, isOpening);
        var detail = !isOpening && AwaitsReply ? LostAfterRequest.Words(error, _clock.Span(_lastSent, outcome.Timestamp)) : error.Message;
        return Result(ProbeOutcome.Miss, ProbeFailures.Reason(error.Code), detail, reachable, responsive: false, ready: false);
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
            Elapsed = _clock.Span(_clock.Start, now),
            Phases = new PhaseDurations(
                timings.Resolve,
                timings.Connect,
                timings.Handshake,
                !_sign.HasPinged || !_link.SeesZmtp || _renewal != Renewal.None ? null : _clock.Span(_sign.PingSent, _sign.Pong == 0 ? now : _sign.Pong),
                _firstSent == 0 ? null : _clock.Span(_firstSent, AwaitsReply ? now : _lastReply)),
            Peer = _link.Peer,
        };
    }
}
