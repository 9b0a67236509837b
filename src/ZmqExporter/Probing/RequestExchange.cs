using System.Globalization;
using System.Runtime.CompilerServices;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// The clock and the evidence of one request probe: what was sent and seen when, and what result that makes. When a reply is
/// overdue it asks for a PONG, which the peer's I/O thread gives: that tells a hung application from a process that is frozen
/// or gone. Not thread-safe.
/// </summary>
internal sealed class RequestExchange
{
    private const int MaxPassedOver = 10_000; // nobody who wants to know whether a server is well has to read more than that

    private const string Slow = ": the reply to an earlier probe came after its deadline, so the server is slow rather than hung, or the timeout is too short";

    private readonly IMessageLink _link;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _timeout;
    private readonly long _lateAfter;
    private readonly long _overdue;
    private long _firstSent;
    private long _lastSent;
    private long _lastReply;
    private long _pingSent;
    private long _pong;
    private bool _canPing;
    private int _passedOver;
    private string? _whyPassedOver;
    private bool _heard;

    /// <summary>Begins now.</summary>
    public RequestExchange(IMessageLink link, TimeSpan timeout, TimeSpan lateAfter, TimeProvider time)
    {
        _link = link;
        _time = time;
        _start = time.GetTimestamp();
        _timeout = timeout;
        _lateAfter = Ticks(lateAfter);
        Deadline = _start + Ticks(timeout);

        // At the soft deadline, but early enough that a PONG has a quarter of the time to come.
        _overdue = _start + Math.Min(_lateAfter, Ticks(timeout * 0.75));
    }

    /// <summary>The hard deadline, as a timestamp.</summary>
    public long Deadline { get; }

    /// <summary>Whether a request is out that has no reply yet.</summary>
    public bool AwaitsReply { get; private set; }

    private string Knock => _link.SeesZmtp ? "a ZMTP PING" : "a connection of the exporter's own client";

    // A slow connect or earlier step may have left next to nothing of the time.
    private bool HadTimeToPong => Deadline - _pingSent >= Ticks(_timeout / 8);

    /// <summary>Sends a step's message.</summary>
    public void Send(ZmtpMessage message)
    {
        var now = _time.GetTimestamp();
        _firstSent = _firstSent == 0 ? now : _firstSent;
        _lastSent = now;
        AwaitsReply = true;
        _link.Send(message);
    }

    /// <summary>Whether something that came then cannot answer the last request, because that was not yet sent.</summary>
    public bool IsTooEarly(long timestamp) => timestamp < _lastSent;

    /// <summary>Waits for a message, and on the way asks for a sign of life when it is overdue.</summary>
    /// <returns>A message, a failure, or the end of the time.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LinkOutcome> ReceiveAsync()
    {
        while (true)
        {
            var outcome = await _link.ReceiveAsync(_pingSent == 0 ? _overdue : Deadline);
            switch (outcome.Kind)
            {
                case LinkOutcomeKind.Pong:
                    // One that was asked for by an earlier probe says nothing of now.
                    _pong = _pong == 0 && _pingSent != 0 && outcome.Timestamp >= _pingSent ? outcome.Timestamp : _pong;
                    break;
                case LinkOutcomeKind.TimedOut when _pingSent == 0:
                    _pingSent = _time.GetTimestamp();
                    _canPing = _link.SendPing();
                    break;
                default:
                    _heard |= outcome.Kind == LinkOutcomeKind.Message;
                    return outcome;
            }
        }
    }

    /// <summary>Asks for a sign of life on an open connection, for a probe that is about nothing else.</summary>
    /// <returns>The result. A peer that may not know the question is taken at its handshake.</returns>
    public async ValueTask<ProbeResult> PingAsync()
    {
        _pingSent = _time.GetTimestamp();
        _canPing = _link.SendPing();
        while (_canPing && _pong == 0)
        {
            var outcome = await _link.ReceiveAsync(Deadline);
            switch (outcome.Kind)
            {
                case LinkOutcomeKind.Pong:
                    _pong = outcome.Timestamp;
                    break;
                case LinkOutcomeKind.Failed:
                    return Failed(outcome);
                case LinkOutcomeKind.TimedOut:
                    return Result(
                        ProbeOutcome.Miss, FailureReason.ReplyTimeout, "the handshake succeeded, but no answer to a ZMTP PING came: the process froze", false, null, null);
                default:
                    break; // a message that nobody asked for is no sign of anything
            }
        }

        var end = _canPing ? _pong : _pingSent;
        var isLate = end - _start > _lateAfter;
        var result = Result(isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime, reason: null, isLate ? "the answer came late" : "", true, null, null);
        return result with { RoundTrip = _canPing ? Span(_pingSent, _pong) : result.Phases.Handshake };
    }

    /// <summary>Notes a reply to what was sent last.</summary>
    public void Answered(long timestamp)
    {
        _lastReply = timestamp;
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
        var isLate = _lastReply - _start > _lateAfter;
        return Result(isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime, reason: null, isLate ? "the reply came late" : "", true, true, true) with
        {
            RoundTrip = Span(_firstSent, _lastReply),
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

    /// <summary>The result when the time is over.</summary>
    /// <param name="earlierCameLate">Whether the reply to an earlier probe came since that one ended: what is slow does not hang.</param>
    public ProbeResult TimedOut(bool earlierCameLate)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"no reply within {_timeout.TotalSeconds:0.###} s");
        if (_passedOver > 0)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $" that meets until: {_passedOver} {(_passedOver == 1 ? "other" : "others")} came, the last one passed over because {_whyPassedOver}");
            return Result(ProbeOutcome.Miss, FailureReason.ReplyTimeout, limit + others, reachable: true, responsive: false, ready: false);
        }

        var (reachable, detail) = (_pong, _heard, _canPing) switch
        {
            (_, true, _) => ((bool?)true, AwaitsReply ? ": the server answers, but so far only what it was asked earlier" : ": the reply came, but too late"),
            ( > 0, _, _) when earlierCameLate => (true, Slow),
            (_, _, false) when earlierCameLate => (null, Slow),
            ( > 0, _, _) => (true, $": the server accepted the request and does not answer (its I/O thread does answer {Knock}, so the process lives: its application hangs, needs longer, or ignores requests of this form)"),
            (_, _, true) when HadTimeToPong => (false, $", and no answer to {Knock} either: the process is frozen, or the network lost it"),
            (_, _, true) => (null, $"; the time was over before an answer to {Knock} could tell whether the process lives"),
            _ when !_link.SeesZmtp => (null, "; NetMQ sends no ZMTP PING, so whether the process lives is unknown"),
            _ => (null, "; this peer may not know ZMTP PING, so whether its process lives is unknown"),
        };
        return Result(ProbeOutcome.Miss, FailureReason.ReplyTimeout, limit + detail, reachable, responsive: false, ready: false);
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
        return Result(ProbeOutcome.Miss, ProbeFailures.Reason(error.Code), error.Message, reachable, responsive: false, ready: false);
    }

    private ProbeResult Result(ProbeOutcome outcome, FailureReason? reason, string detail, bool? reachable, bool? responsive, bool? ready)
    {
        var now = _time.GetTimestamp();
        var timings = _link.Timings;
        return new ProbeResult
        {
            Outcome = outcome,
            Reason = reason,
            Detail = detail,
            Reachable = reachable,
            Responsive = responsive,
            Ready = ready,
            Elapsed = Span(_start, now),
            Phases = new PhaseDurations(
                timings.Resolve,
                timings.Connect,
                timings.Handshake,
                _pingSent == 0 || !_canPing || !_link.SeesZmtp ? null : Span(_pingSent, _pong == 0 ? now : _pong),
                _firstSent == 0 ? null : Span(_firstSent, AwaitsReply ? now : _lastReply)),
            Peer = _link.Peer,
        };
    }

    private long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);

    private TimeSpan Span(long from, long to) => _time.GetElapsedTime(from, to);
}
