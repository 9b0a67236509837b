using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// What a probe does when its reply is overdue, and what that proves. A ZMTP PING is answered by the peer's I/O thread: its application
/// hangs, or is slow. On a kept connection that stays mute, a fresh connection beside it tells a process that is frozen or gone from a
/// connection that died in silence, because a NAT, a firewall, a proxy or a load balancer forgot it. On a connection of this very probe
/// it tells a process that froze since from a peer that answers no PING. A peer that does not know PING gets the fresh connection late in
/// the probe, which proves its process. Not thread-safe.
/// </summary>
/// <param name="link">The way to the peer.</param>
/// <param name="clock">The probe's time.</param>
/// <param name="pings">How the peer treats a PING.</param>
internal sealed class OverdueReply(IMessageLink link, ProbeClock clock, PingMemory pings)
{
    private enum Step
    {
        Overdue,
        AwaitsPong,
        AwaitsLastChance,

        /// <summary>The fresh connection is open; what the old one may have brought meanwhile has to be read first.</summary>
        LastLook,
        Done,
    }

    private Step _step = Step.Overdue;
    private Timestamp _next = clock.Overdue;
    private Timestamp _opened; // the fresh connection
    private bool _wasOnTrial;
    private bool _hasNotedIgnored;

    /// <summary>Whether the connection was open before this probe began.</summary>
    public bool IsKept { get; private set; }

    /// <summary>When a PING was sent, or another question to the peer's I/O thread; 0 when none was.</summary>
    public Timestamp PingSent { get; private set; }

    /// <summary>When the PONG came; 0 before.</summary>
    public Timestamp Pong { get; private set; }

    /// <summary>Whether a PING went out, so that silence means something.</summary>
    public bool HasPinged { get; private set; }

    /// <summary>Whether a connection shook hands in this probe.</summary>
    public bool HasShakenHands { get; private set; }

    /// <summary>Whether one beside the connection in use did.</summary>
    public bool HasBesideOpened { get; private set; }

    /// <summary>Why no fresh connection could be made; null when none was tried, or it has not ended, or it shook hands.</summary>
    public FreshFailure? Fresh { get; private set; }

    /// <summary>What is known of the connection in use when nothing comes on it.</summary>
    public SilenceEvidence Silence => new(link.IsAcknowledged, Fresh);

    /// <summary>Whether a fresh connection was started and had the least time.</summary>
    public bool HadTimeToShakeHands => BesideStarted.IsSet && clock.Deadline - BesideStarted >= LeastTime.Of(clock.Timeout);

    /// <summary>Whether a PONG had the least time: a slow connect or earlier step may have left next to nothing.</summary>
    public bool HadTimeToPong => clock.Deadline - PingSent >= LeastTime.Of(clock.Timeout);

    /// <summary>When a fresh connection was started; 0 when none was.</summary>
    public Timestamp BesideStarted { get; private set; }

    /// <summary>When <see cref="TakeStep"/> is due.</summary>
    public Timestamp Next => _step switch
    {
        Step.Overdue => clock.Overdue,
        Step.AwaitsLastChance => clock.LastChance,
        _ => _next,
    };

    /// <summary>The connection is open.</summary>
    public void Opened()
    {
        IsKept = link.OpenedAt.IsSet && link.OpenedAt < clock.Start;
        HasShakenHands = !IsKept && link.OpenedAt.IsSet;
    }

    /// <summary>The time for the next step has come, and no reply.</summary>
    /// <returns>The outcome with which a fresh connection opened, when the request should be sent again on it; else null.</returns>
    public LinkOutcome? TakeStep()
    {
        switch (_step)
        {
            case Step.Overdue:
                PingSent = clock.Now;
                _wasOnTrial = pings.IsOnTrial;
                HasPinged = pings.MayAsk && link.SendPing();
                if (!HasPinged)
                {
                    PingSent = Timestamp.None;
                    AskWithoutPing();
                }
                else
                {
                    // A quarter of what is left is enough for an answer from an I/O thread, and leaves time for a second try.
                    _next = PingSent + TimeSpan.Max(TimeSpan.FromTicks(1), (clock.Deadline - PingSent) / 4);
                    _step = Step.AwaitsPong;
                }

                return null;
            case Step.LastLook:
                Finish();
                NoteIgnored(!IsKept);
                return WantsRetry ? new LinkOutcome(LinkOutcomeKind.BesideOpened, _opened) : null;
            default:
                OpenBeside();
                return null;
        }
    }

    /// <summary>A PONG came. Which PING it answers is the link's business: clocks that differ by a little must not make it an older one's.</summary>
    public void OnPong(Timestamp timestamp)
    {
        if (!Pong.IsSet && HasPinged)
        {
            Pong = Timestamp.Max(PingSent, timestamp);
            pings.OnPong();
            Finish();
        }
    }

    /// <summary>A reply came on the connection that was asked for a PONG.</summary>
    public void OnReply() => NoteIgnored(BesideStarted.IsSet);

    /// <summary>The fresh connection shook hands.</summary>
    public void OnBesideOpened(Timestamp timestamp)
    {
        HasShakenHands = true;
        HasBesideOpened = true;
        if (!Pong.IsSet)
        {
            _opened = timestamp;
            _next = clock.Now;
            _step = Step.LastLook;
        }
    }

    /// <summary>The fresh connection could not be made, or was lost.</summary>
    public void OnBesideFailed(LinkOutcome outcome)
    {
        Finish();
        Fresh = HasBesideOpened ? null : FreshFailure.Of(outcome);
    }

    /// <summary>A fresh connection has taken the place of the one that was mute, or that the peer ended at our PING.</summary>
    public void Renewed()
    {
        HasShakenHands = true;
        Finish();
    }

    /// <summary>The kept connection was lost, and the conversation begins again on a fresh one.</summary>
    public void Reopened()
    {
        IsKept = false;
        Renewed();
    }

    // A living server that is slow gets a request once. What the kernel says is asked now: an acknowledgement may have come since.
    private bool WantsRetry => IsKept && link.MayReplace && !Pong.IsSet && ((HasPinged && !_wasOnTrial) || link.IsAcknowledged == false);

    // The PING had its quarter of the time, and the process gave another sign of life: it does not answer PINGs.
    private void NoteIgnored(bool isAlive)
    {
        if (isAlive && HasPinged && !Pong.IsSet && link.SeesZmtp && HadTimeToPong && !_hasNotedIgnored)
        {
            _hasNotedIgnored = true;
            pings.OnIgnored();
        }
    }

    private void AskWithoutPing()
    {
        if (!link.SeesZmtp || !IsKept)
        {
            Finish(); // nothing to ask, or the handshake of this very probe is the sign
        }
        else if (link.IsAcknowledged == false)
        {
            OpenBeside(); // not even the peer's kernel has our request
        }
        else
        {
            // A fresh handshake costs a server more than a PING, and one that is only slow has answered by then.
            _step = Step.AwaitsLastChance;
        }
    }

    private void OpenBeside()
    {
        Finish();
        if (link.OpenBeside(clock.Deadline))
        {
            BesideStarted = clock.Now;
        }
    }

    private void Finish()
    {
        _step = Step.Done;
        _next = Timestamp.Never;
    }
}
