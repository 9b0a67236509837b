using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>The clock of one request probe and what it does on its connection: sends, waits, and begins again on a fresh one. Not thread-safe.</summary>
internal sealed class RequestExchange
{
    private readonly IMessageLink _link;
    private readonly ProbeClock _clock;
    private readonly PingMemory _pings;
    private readonly OverdueReply _sign;
    private readonly RequestLimits _limits;
    private RequestEvidence _evidence;
    private Timestamp _idleSince;
    private Timestamp _besideSent;
    private Timestamp _step; // of the wait: when to look for a sign of life
    private bool _isAtMark; // the wait ends when a reply begins to be late

    /// <summary>Begins now.</summary>
    /// <param name="link">The way to the peer.</param>
    /// <param name="pings">How the peer treats a PING.</param>
    /// <param name="timeout">The module's timeout.</param>
    /// <param name="lateAfter">From when on a reply is late.</param>
    /// <param name="lastEnd">When the last probe ended.</param>
    /// <param name="time">The clock.</param>
    /// <param name="limits">What the module allows.</param>
    public RequestExchange(
        IMessageLink link, PingMemory pings, TimeSpan timeout, TimeSpan lateAfter, Timestamp lastEnd, TimeProvider time, RequestLimits limits)
    {
        _limits = limits;
        _idleSince = lastEnd;
        _link = link;
        _pings = pings;
        _clock = new ProbeClock(time, timeout, lateAfter);
        _sign = new OverdueReply(link, _clock, pings);
    }

    /// <summary>Makes the result.</summary>
    public RequestVerdict Verdict => new(_link, _clock, _sign, in _evidence, _limits);

    /// <summary>The hard deadline.</summary>
    public Timestamp Deadline => _clock.Deadline;

    /// <summary>Whether a request is out that has no reply yet.</summary>
    public bool AwaitsReply => _evidence.AwaitsReply;

    /// <summary>Whether the connection in use was open before this probe began.</summary>
    public bool IsKept => _sign.IsKept;

    /// <summary>Whether the request is out on a fresh connection, too, and either one may answer.</summary>
    public bool AsksBeside => _evidence.AsksBeside;

    /// <summary>Whether the connection in use was lost and must not be kept.</summary>
    public bool IsLost { get; private set; }

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
        var now = _clock.Acted();
        _evidence.LastSent = now;
        _evidence.FirstSent = _evidence.FirstSent.IsSet ? _evidence.FirstSent : now;
        _evidence.BeginWait();
        _link.Send(message);
        NoteDelay(now);
    }

    /// <summary>Sends the first step's message once more, on the fresh connection. The kept one goes on being listened to: it may be slow and not dead.</summary>
    /// <param name="message">The message.</param>
    /// <param name="opened">How the fresh connection opened.</param>
    public void SendBeside(ZmtpMessage message, LinkOutcome opened)
    {
        _clock.CouldActAt(opened.Timestamp);
        _besideSent = _clock.Acted();
        _evidence.AsksBeside = true;
        _link.SendBeside(message);
        NoteDelay(_besideSent);
    }

    /// <summary>The fresh connection has answered, or is all that is left: it takes the place of the kept one.</summary>
    public void TakeBeside()
    {
        _evidence.AsksBeside = false;
        IsLost |= !_link.TakeBeside();
        _evidence.LastSent = _besideSent;
        _evidence.Renewal = RequestRenewal.WasMute;
        _sign.Renewed();
    }

    /// <summary>The reply came on the connection in use. If that is the one that the probe began with, it is alive, and a fresh one is not needed.</summary>
    public void AnsweredInUse()
    {
        if (_evidence.Renewal == RequestRenewal.None)
        {
            _sign.OnReply();
        }

        if (AsksBeside)
        {
            _evidence.AsksBeside = false;
            _link.DropBeside();
        }
    }

    /// <summary>Whether something that came then cannot answer the last request, because that was not yet sent.</summary>
    public bool IsTooEarly(LinkOutcome message)
    {
        var isFresh = message.IsBeside || !IsKept;

        // The kernel's clock is another one than ours, and what is known of their distance may be a little old.
        var sent = isFresh ? message.IsBeside ? _besideSent : _evidence.LastSent : _evidence.LastSent - Arrival.Tolerance;
        if (message.Timestamp >= sent)
        {
            return false;
        }

        if (isFresh)
        {
            _evidence.Early = message.Message; // on a kept connection it answers an earlier probe
        }

        return true;
    }

    /// <summary>Whether a message came by the hard deadline; null when nobody can know.</summary>
    public bool? IsInTime(LinkOutcome message) => _clock.IsInTime(message);

    /// <summary>Waits for what comes next: a message, or the time at which to look for a sign of life because none came.</summary>
    public ValueTask<LinkOutcome> ReceiveAsync()
    {
        var mark = _clock.LateFrom; // the socket is read then, so that what comes later is known to be late
        _step = _sign.Next;
        var next = Timestamp.Min(_step, Deadline);
        _isAtMark = mark < next && _clock.Now < mark;
        return _link.ReceiveAsync(_isAtMark ? mark : next);
    }

    /// <summary>Takes what the wait ended with, if that concerns the exchange and not the conversation.</summary>
    /// <param name="outcome">
    /// What came; a message, a failure, the end of the time, or <see cref="LinkOutcomeKind.BesideOpened"/> when the request should go out on
    /// the fresh connection, too, is for the conversation.
    /// </param>
    /// <returns>Whether the wait goes on.</returns>
    public bool TryTake(ref LinkOutcome outcome)
    {
        switch (outcome.Kind)
        {
            case LinkOutcomeKind.Pong:
                _sign.OnPong(outcome.Timestamp);
                return true;
            case LinkOutcomeKind.BesideOpened:
                _sign.OnBesideOpened(outcome.Timestamp);
                return true;
            case LinkOutcomeKind.BesideFailed:
                _sign.OnBesideFailed(outcome);
                return true;
            case LinkOutcomeKind.TimedOut when _isAtMark:
                return true;
            case LinkOutcomeKind.TimedOut when _step < Deadline:
                var opened = _sign.TakeStep();
                outcome = opened ?? outcome;
                return opened is null;
            default:
                _evidence.HasHeard |= outcome.Kind == LinkOutcomeKind.Message && !outcome.IsBeside && outcome.Timestamp >= _evidence.LastSent;
                return false;
        }
    }

    /// <summary>The conversation begins again, once, on a fresh connection: see <see cref="MayRetryAfter"/>.</summary>
    /// <param name="reopened">How the fresh connection came about.</param>
    public void Reopened(LinkOutcome reopened)
    {
        _evidence.Renewal = _evidence.Ended is null ? RequestRenewal.WasLostToPing : RequestRenewal.WasEnded;
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
        if (_evidence.Renewal != RequestRenewal.None)
        {
            return false;
        }

        if (_link.WasLostToPing)
        {
            return _pings.EndsAtPing;
        }

        if (!IsKept || _evidence.HasHeard || _evidence.LastReply.IsSet || _sign.Pong.IsSet || failure.Error is not { IsByPeer: true } error)
        {
            return false;
        }

        _evidence.Ended = KeptConnection.WasEndedAtRequest(_clock.Start - _idleSince, error.Message);
        return _clock.Deadline - _clock.Now >= _clock.Timeout / 4; // a shorter time would prove nothing
    }

    /// <summary>Notes a reply to what was sent last.</summary>
    public void Answered(LinkOutcome reply)
    {
        _evidence.LastReply = Timestamp.Max(_evidence.LastSent, reply.Timestamp);
        _evidence.EarliestReply = Timestamp.Max(_evidence.LastSent, reply.Earliest ?? reply.Timestamp);
        _clock.CouldActAt(_evidence.LastReply);
        _evidence.AwaitsReply = false;
    }

    /// <summary>Notes a message that is not yet the reply.</summary>
    /// <param name="problem">Why it is not.</param>
    /// <returns>False when there were so many that the probe gives up.</returns>
    public bool PassOver(string problem)
    {
        _evidence.WhyPassedOver = problem;
        return ++_evidence.PassedOver <= _limits.MaxPassedOver;
    }

    private void NoteDelay(Timestamp sent)
    {
        if (_clock.Now - sent > ProbeClock.TimerTolerance)
        {
            _clock.Acted(); // this thread was held up somewhere around the system call
        }
    }
}
