using System.Globalization;
using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The clock and the evidence of one handshake probe, and what result that makes. Not thread-safe.</summary>
/// <param name="link">The way to the peer.</param>
/// <param name="pings">How the peer treats a PING.</param>
/// <param name="clock">The probe's time.</param>
/// <param name="isSubscriber">Whether we claim to be a SUB or XSUB.</param>
internal sealed class HandshakeLook(IMessageLink link, PingMemory pings, ProbeClock clock, bool isSubscriber)
{
    private Stage _stage = Stage.NotAsked;
    private Timestamp _pingSent;
    private Timestamp _pong;
    private Timestamp _next;
    private Timestamp _begun = clock.Start; // of the handshake that is judged
    private LinkOutcome _opened;
    private FreshFailure? _failure;
    private string? _lost;

    private enum Stage
    {
        NotAsked,

        /// <summary>A PING is out.</summary>
        Asked,

        /// <summary>And a connection beside is being made.</summary>
        Beside,

        /// <summary>It is open; what the old one may have brought meanwhile has to be read first.</summary>
        LastLook,

        /// <summary>It is in use, and a PING is out on it: was the old one dead, or does this peer never answer a PING?</summary>
        Confirming,

        /// <summary>All that is left is to wait for the PONG.</summary>
        Overdue,
    }

    /// <summary>When the probe began.</summary>
    public Timestamp Start => clock.Start;

    /// <summary>The hard deadline.</summary>
    public Timestamp Deadline => clock.Deadline;

    private TimeSpan PongTimeout => TimeSpan.Max(TimeSpan.FromTicks(1), (Deadline - clock.Start) / 4);

    /// <summary>
    /// Asks for a PONG on a connection that was kept. When none comes in a quarter of the time, a fresh connection beside it tells a
    /// connection that died in silence from a process that is frozen or gone, and a PING on that one tells both from a peer that answers none.
    /// </summary>
    /// <returns>The result, or null when this connection cannot tell and a fresh handshake has to.</returns>
    public async ValueTask<ProbeResult?> AtKeptConnectionAsync()
    {
        _pingSent = clock.Acted();
        if (!pings.MayAsk || !link.SendPing())
        {
            return null;
        }

        _stage = Stage.Asked;
        _next = _pingSent + PongTimeout;
        while (true)
        {
            var outcome = await link.ReceiveAsync(Timestamp.Min(_next, Deadline));
            switch (outcome.Kind)
            {
                case LinkOutcomeKind.Pong:
                    return Ponged(outcome);
                case LinkOutcomeKind.BesideOpened:
                    _opened = outcome;
                    (_stage, _next) = (Stage.LastLook, clock.Now);
                    break;
                case LinkOutcomeKind.BesideFailed:
                    _failure = FreshFailure.Of(outcome);
                    (_stage, _next) = (Stage.Overdue, Deadline);
                    break;
                case LinkOutcomeKind.Failed when _stage == Stage.Confirming:
                    pings.Look(link);
                    return AfterFreshHandshake();
                case LinkOutcomeKind.Failed when outcome.Error?.Code == ZmtpErrorCode.Disconnected:
                    pings.Look(link);
                    _lost = pings.EndsAtPing ? KeptConnection.LostToPing : KeptConnection.WasReset(isSubscriber);
                    return null;
                case LinkOutcomeKind.Failed:
                    return Failed(outcome, isOpening: false);
                case LinkOutcomeKind.TimedOut when OnTimedOut() is { } result:
                    return result;
                default:
                    break; // a message that nobody asked for is no sign of anything
            }
        }
    }

    /// <summary>A fresh handshake begins in the place of a PING.</summary>
    public void BeginAgain() => _begun = clock.Now;

    /// <summary>The result when a fresh connection is open.</summary>
    public ProbeResult Opened(LinkOutcome opened)
    {
        clock.AddOwnDelay(link.OwnDelay);
        _opened = opened;
        return _lost is null ? Judged("") : Judged(_lost, wasDead: !pings.EndsAtPing);
    }

    /// <summary>The result when the connection could not be made or was lost.</summary>
    /// <param name="outcome">Why.</param>
    /// <param name="isOpening">Whether it could not be made.</param>
    public ProbeResult Failed(LinkOutcome outcome, bool isOpening)
    {
        var error = ProbeFailures.ErrorOf(outcome);
        return Ended(ProbeFailures.ResultOf(error, error.Message, link.HasGreeted, isOpening));
    }

    private ProbeResult? OnTimedOut()
    {
        var now = clock.Now;
        switch (_stage)
        {
            case Stage.Asked:
                _begun = now;
                _stage = link.OpenBeside(Deadline) ? Stage.Beside : Stage.Overdue;
                _next = Deadline;
                return null;
            case Stage.LastLook when link.TakeBeside():
                _pingSent = now;
                (_stage, _next) = (Stage.Confirming, now + PongTimeout);
                return link.SendPing() ? null : AfterFreshHandshake();
            case Stage.LastLook when now < Deadline:
                (_stage, _next) = (Stage.Overdue, Deadline); // it was lost meanwhile, and says so next
                return null;
            case Stage.Confirming:
                // One that had as long for its PONG as the handshake took had time enough.
                if (now - _pingSent >= TimeSpan.Max(_opened.Timestamp - _begun, LeastTime.Of(Deadline - clock.Start)))
                {
                    pings.OnIgnored();
                }

                return AfterFreshHandshake();
            default:
                return Mute();
        }
    }

    private ProbeResult Ponged(LinkOutcome outcome)
    {
        // Which PING it answers is the link's business; two clocks that differ by a little must not make it an older one's.
        _pong = Timestamp.Max(_pingSent, outcome.Timestamp);
        pings.OnPong();
        if (_stage == Stage.Confirming)
        {
            return AfterFreshHandshake();
        }

        if (_stage != Stage.Asked)
        {
            link.DropBeside();
        }

        var isLate = clock.IsLate(_pong);
        return Ended(new ProbeResult
        {
            Outcome = isLate ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = isLate ? clock.LateWords("the answer to a ZMTP PING came late", _pong) : "",
            Reachable = true,
            RoundTrip = _pong - _pingSent,
            IsSlow = isLate,
        });
    }

    // The fresh connection is in use. When its peer is one that answers no PING, nothing tells that the old one was dead.
    private ProbeResult AfterFreshHandshake() => pings.MayAsk
        ? Judged(KeptConnection.HadDiedUnasked(isSubscriber), wasDead: true)
        : Judged(pings.EndsAtPing ? KeptConnection.LostToPing : KeptConnection.IgnoresPing);

    // A handshake that only began because a PING stayed without an answer has its own time.
    private ProbeResult Judged(string found, bool wasDead = false)
    {
        var isSlow = clock.IsLate(_opened.Timestamp, since: _begun);
        var detail = found.Length == 0 && isSlow ? "the handshake ended late" : found;
        return Ended(new ProbeResult
        {
            Outcome = isSlow || wasDead ? ProbeOutcome.Late : ProbeOutcome.OnTime,
            Detail = detail,
            Reachable = true,
            RoundTrip = link.Timings.Handshake,
            IsSlow = isSlow,
            Found = found,
        });
    }

    private ProbeResult Mute()
    {
        var seen = string.Create(CultureInfo.InvariantCulture, $"no answer to a ZMTP PING within {clock.Timeout.TotalSeconds:0.###} s");
        return Ended(MuteConnection.Judge(seen, new SilenceEvidence(link.IsAcknowledged, _failure)).ToResult());
    }

    /// <summary>Adds what every result of such a probe tells.</summary>
    private ProbeResult Ended(ProbeResult result)
    {
        var timings = link.Timings;
        return result with
        {
            Elapsed = clock.Now - clock.Start,
            Phases = new PhaseDurations(
                timings.Resolve, timings.Connect, timings.Handshake, !_pong.IsSet ? null : _pong - _pingSent, request: null),
            Peer = link.Peer,
        };
    }
}
