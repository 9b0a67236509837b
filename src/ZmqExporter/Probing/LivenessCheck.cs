using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// One probe's question whether the publisher's process lives. Messages since the last probe are answer enough, and so is a handshake
/// during this one. Else a peer that knows PING is asked for a PONG. When half of the time is over without one, a fresh connection is made
/// beside the mute one, which tells a connection that died in silence from a process that did. A peer that cannot be asked is only
/// judged by a fresh connection, when it is silent and at most once per <c>max_silence</c>. Not thread-safe.
/// </summary>
internal sealed class LivenessCheck(
    ISubscriptionLink link, SubscriptionIntake intake, LivenessMemory memory, TimeSpan maxSilence, Timestamp deadline, TimeProvider time)
{
    private static readonly FreshFailure Overtime = new(new ZmtpError(ZmtpErrorCode.HandshakeTimeout, "it did not complete its handshake in time"), HasGreeted: false);

    private readonly Timestamp _start = Timestamp.Now(time);
    private Stage _stage = Stage.NotAsked;
    private Timestamp _pingSent;
    private Timestamp _half;
    private bool _isRenewal;
    private bool? _isAcknowledged; // our PING, at the end

    private enum Stage
    {
        NotAsked,

        /// <summary>A PING is out.</summary>
        Asked,

        /// <summary>And a connection beside is being made.</summary>
        Beside,

        /// <summary>It is open; what the old one may have brought meanwhile has to be read first.</summary>
        LastLook,

        /// <summary>It is in use, and a PING is out on it.</summary>
        Confirming,

        /// <summary>All that is left is to wait for the PONG.</summary>
        Overdue,

        /// <summary>A connection beside is being made to a peer that cannot be asked.</summary>
        Renewing,

        Decided,
    }

    /// <summary>Whether there is nothing more to find out.</summary>
    public bool IsDecided => _stage == Stage.Decided;

    /// <summary>What showed that the process lives.</summary>
    public SignOfLife Sign { get; private set; }

    /// <summary>Whether the peer was asked for a PONG and gave none, and no fresh connection could be made either.</summary>
    public bool IsMute { get; private set; }

    /// <summary>Whether the connection had died in silence: a fresh one beside it answers, and has taken its place.</summary>
    public bool IsReplaced { get; private set; }

    /// <summary>Whether the peer ended the connection at our PING, and a fresh one took its place.</summary>
    public bool IsReset { get; private set; }

    /// <summary>Why no fresh connection could be made, or null.</summary>
    public FreshFailure? Fresh { get; private set; }

    /// <summary>What is known of the connection in use when nothing comes on it.</summary>
    public SilenceEvidence Silence => new(_isAcknowledged, Fresh);

    /// <summary>Whether the connection has to be renewed after the probe, because nothing tells whether it is still one.</summary>
    public bool WantsRenewal { get; private set; }

    /// <summary>Whether a silent connection was replaced on which nobody could tell whether it was dead.</summary>
    public bool HasDoubted { get; private set; }

    /// <summary>How long the PONG took; null without one.</summary>
    public TimeSpan? Ping { get; private set; }

    /// <summary>Whether a PING is out that nothing has answered.</summary>
    private bool IsUnanswered => !_isRenewal && _stage is not (Stage.NotAsked or Stage.Decided);

    /// <summary>A connection was made for this probe.</summary>
    public void OnHandshake() => Decide(SignOfLife.Handshake);

    /// <summary>Takes what has come so far, and begins what there is to do.</summary>
    /// <returns>Until when to wait for the outcome.</returns>
    public Timestamp Proceed(Timestamp now, FeedTimes feed, FeedState state)
    {
        // One that is too old to show that the feed lives shows nothing of the process either; and on a connection that was just taken,
        // messages do not tell whether the old one was dead.
        if (feed.Total != memory.Seen && now - feed.LastMessage <= maxSilence && _stage is not (Stage.Confirming or Stage.Decided))
        {
            Decide(SignOfLife.Message);
        }

        if (_stage == Stage.NotAsked)
        {
            Ask(now, feed, state);
        }

        return _stage switch
        {
            Stage.Asked => _half,
            Stage.LastLook => now,
            _ => deadline,
        };
    }

    /// <summary>Takes the outcome of a wait.</summary>
    public void Take(LinkOutcome outcome)
    {
        var now = Timestamp.Now(time);
        switch (outcome.Kind)
        {
            case LinkOutcomeKind.Pong when _pingSent.IsSet && _stage != Stage.Decided:
                // Which PING it answers is the link's business; two clocks that differ by a little must not make it an older one's.
                memory.Pings.OnPong();
                Ping = Timestamp.Max(_pingSent, outcome.Timestamp) - _pingSent;
                IsReplaced |= _stage == Stage.Confirming;
                Decide(SignOfLife.Pong);
                break;
            case LinkOutcomeKind.BesideOpened when _stage is Stage.Beside or Stage.Renewing:
                _stage = Stage.LastLook;
                break;
            case LinkOutcomeKind.BesideFailed when _stage is Stage.Beside or Stage.LastLook or Stage.Renewing:
                OnBesideFailed(FreshFailure.Of(outcome));
                break;
            case LinkOutcomeKind.TimedOut:
                OnTimedOut(now);
                break;
            default:
                break; // a message is seen where it was put
        }
    }

    /// <summary>The connection was lost: at our PING, so that it may be our own doing?</summary>
    /// <returns>True when a fresh one has to tell.</returns>
    public bool TryBeginReset(ZmtpErrorCode code)
    {
        if (IsReset || code != ZmtpErrorCode.Disconnected || !link.SeesZmtp || !IsUnanswered || Timestamp.Now(time) >= deadline)
        {
            return false;
        }

        link.DropBeside();
        intake.OnRenewing(wasDead: true);
        IsReset = true;
        _stage = Stage.Overdue;
        return true;
    }

    /// <summary>The probe ends without an answer.</summary>
    public void Abandon() => Decide(SignOfLife.None);

    private void Ask(Timestamp now, FeedTimes feed, FeedState state)
    {
        // Each question to a client that sends no PING costs the server a connection.
        if (!link.SeesZmtp && state == FeedState.Fresh)
        {
            Decide(SignOfLife.None);
            return;
        }

        _pingSent = now;
        if (memory.Pings.MayAsk && link.SendPing())
        {
            _half = now + TimeSpan.Max(TimeSpan.Zero, (deadline - now) / 2);
            _stage = Stage.Asked;
            return;
        }

        _pingSent = Timestamp.None;
        var lastNews = Timestamp.Max(feed.Opened, Timestamp.Max(feed.LastMessage, memory.LastAttempt));
        if (state == FeedState.Silent && now - lastNews >= maxSilence)
        {
            memory.OnAttempt(now);
            _isRenewal = link.OpenBeside(deadline);
            WantsRenewal = !_isRenewal;
        }

        _stage = _isRenewal ? Stage.Renewing : Stage.Decided;
    }

    private void OnBesideFailed(FreshFailure failure)
    {
        Fresh = failure;
        if (_isRenewal)
        {
            memory.OnAttemptFailed(failure.Error);
            Decide(SignOfLife.None);
        }
        else
        {
            _stage = Stage.Overdue;
        }
    }

    private void OnTimedOut(Timestamp now)
    {
        switch (_stage)
        {
            case Stage.Asked when now >= _half:
                _stage = now < deadline && link.OpenBeside(deadline) ? Stage.Beside : Stage.Overdue;
                break;
            case Stage.LastLook:
                TakeBeside(now);
                break;
            case Stage.Confirming when now >= deadline:
                EndConfirming(now);
                break;
            case Stage.Renewing when now >= deadline:
                OnBesideFailed(Overtime);
                break;
            default:
                break;
        }

        if (now >= deadline && _stage is Stage.Beside or Stage.Overdue)
        {
            Fresh ??= _stage == Stage.Beside ? Overtime : null;
            IsMute = link.SeesZmtp || deadline - _pingSent >= LeastTime.Of(deadline - _start); // NetMQ's connection may have been there too late for a question
            _isAcknowledged = link.IsAcknowledged;
            Decide(SignOfLife.None);
        }
    }

    private void TakeBeside(Timestamp now)
    {
        if (_isRenewal)
        {
            HasDoubted = true;
            intake.OnDoubted();
        }
        else
        {
            intake.OnRenewing(wasDead: true);
        }

        _stage = Stage.Confirming;
        link.TakeBeside();
        if (_isRenewal)
        {
            Decide(SignOfLife.Handshake);
            return;
        }

        // Is it the connection that was dead, or does this peer never answer a PING?
        _pingSent = now;
        if (!link.SendPing())
        {
            IsReplaced = true;
            Decide(SignOfLife.Handshake);
        }
    }

    private void EndConfirming(Timestamp now)
    {
        // One that had as long for its PONG as the handshake took had time enough.
        if (now - _pingSent >= TimeSpan.Max(_pingSent - _half, LeastTime.Of(deadline - _start)))
        {
            memory.Pings.OnIgnored();
        }

        IsReplaced = memory.Pings.MayAsk;
        Decide(SignOfLife.Handshake);
    }

    private void Decide(SignOfLife sign)
    {
        if (_stage is Stage.Beside or Stage.LastLook or Stage.Renewing)
        {
            link.DropBeside();
        }

        Sign = sign;
        _stage = Stage.Decided;
    }
}
