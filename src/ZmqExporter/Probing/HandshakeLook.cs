using System.Globalization;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The clock and the evidence of one handshake probe, and what result that makes. Not thread-safe.</summary>
internal sealed class HandshakeLook(IMessageLink link, ProbeClock clock)
{
    private long _pingSent;
    private long _pong;

    /// <summary>When the probe began, as a timestamp.</summary>
    public long Start => clock.Start;

    /// <summary>The hard deadline, as a timestamp.</summary>
    public long Deadline => clock.Deadline;

    /// <summary>
    /// Asks for a PONG on a connection that was kept. When none comes in a quarter of the time, a fresh connection beside it tells a
    /// connection that died in silence from a process that is frozen or gone.
    /// </summary>
    /// <returns>The result, or null when this connection cannot tell and a fresh handshake has to.</returns>
    public async ValueTask<ProbeResult?> AtKeptConnectionAsync()
    {
        _pingSent = clock.Acted();
        if (!link.SendPing())
        {
            _pingSent = 0;
            return null;
        }

        ZmtpError? besideError = null;
        var next = _pingSent + Math.Max(1, (Deadline - _pingSent) / 4);
        while (true)
        {
            var outcome = await link.ReceiveAsync(Math.Min(next, Deadline));
            switch (outcome.Kind)
            {
                case LinkOutcomeKind.Pong when outcome.Timestamp >= _pingSent:
                    _pong = outcome.Timestamp;
                    link.DropBeside();
                    return Answered(outcome.Timestamp, "the answer to a ZMTP PING came late") with { RoundTrip = clock.Span(_pingSent, _pong) };
                case LinkOutcomeKind.BesideOpened:
                    link.TakeBeside();
                    return Result(ProbeOutcome.Late, null, RequestWords.ConnectionHadDied(hasPinged: true), true) with { RoundTrip = link.Timings.Handshake };
                case LinkOutcomeKind.BesideFailed:
                    besideError = outcome.Error;
                    break;
                case LinkOutcomeKind.Failed:
                    return link.WasLostToPing ? null : Failed(outcome, isOpening: false);
                case LinkOutcomeKind.TimedOut when next < Deadline:
                    next = Deadline;
                    link.OpenBeside(Deadline);
                    break;
                case LinkOutcomeKind.TimedOut:
                    return Mute(besideError);
                default:
                    break; // a message that nobody asked for is no sign of anything
            }
        }
    }

    /// <summary>The result when a fresh connection is open.</summary>
    public ProbeResult Opened(LinkOutcome opened)
    {
        clock.AddOwnDelay(link.OwnDelay);
        return Answered(opened.Timestamp, "the handshake ended late") with { RoundTrip = link.Timings.Handshake };
    }

    /// <summary>The result when the connection could not be made or was lost.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="isOpening">Whether it could not be made.</param>
    public ProbeResult Failed(LinkOutcome outcome, bool isOpening)
    {
        var error = outcome.Error ?? new ZmtpError(ZmtpErrorCode.Local, "the connection attempt did not end");
        return error.Code == ZmtpErrorCode.Local
            ? Result(ProbeOutcome.LocalError, FailureReason.LocalError, error.Message, reachable: null)
            : Result(ProbeOutcome.Miss, ProbeFailures.Reason(error.Code), error.Message, ProbeFailures.IsReachable(error.Code, link.HasGreeted, isOpening));
    }

    private ProbeResult Answered(long timestamp, string late)
    {
        var isLate = clock.IsLate(timestamp);
        return Result(isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime, reason: null, isLate ? clock.LateWords(late, timestamp) : "", true);
    }

    private ProbeResult Mute(ZmtpError? besideError)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"no answer to a ZMTP PING within {clock.Timeout.TotalSeconds:0.###} s");
        return Result(ProbeOutcome.Miss, FailureReason.ReplyTimeout, limit + RequestWords.Frozen(link, besideError), false);
    }

    private ProbeResult Result(ProbeOutcome outcome, FailureReason? reason, string detail, bool? reachable)
    {
        var timings = link.Timings;
        var now = clock.Now;
        return new ProbeResult
        {
            Outcome = outcome,
            Reason = reason,
            Detail = detail,
            Reachable = reachable,
            Elapsed = clock.Span(clock.Start, now),
            Phases = new PhaseDurations(
                timings.Resolve,
                timings.Connect,
                timings.Handshake,
                _pingSent == 0 ? null : clock.Span(_pingSent, _pong == 0 ? now : _pong),
                Request: null),
            Peer = link.Peer,
        };
    }
}
