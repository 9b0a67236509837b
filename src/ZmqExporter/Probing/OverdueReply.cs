using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>
/// What a probe does when its reply is overdue, and what that proves. A ZMTP PING is answered by the peer's I/O thread: its application
/// hangs, or is slow. On a kept connection that stays mute, a fresh connection beside it tells a process that is frozen or gone from a
/// connection that died in silence, because a NAT, a firewall, a proxy or a load balancer forgot it. A peer that does not know PING gets
/// the fresh connection late in the probe, which proves its process. Not thread-safe.
/// </summary>
/// <param name="link">The way to the peer.</param>
/// <param name="clock">The probe's time.</param>
internal sealed class OverdueReply(IMessageLink link, ProbeClock clock)
{
    private enum Step
    {
        Overdue,
        AwaitsPong,
        AwaitsLastChance,
        Done,
    }

    private Step _step = Step.Overdue;
    private long _next = clock.Overdue;
    private bool _mayRetry;
    private bool _hasBesideOpened;

    /// <summary>Whether the connection was open before this probe began.</summary>
    public bool IsKept { get; private set; }

    /// <summary>When a PING was sent, or another question to the peer's I/O thread; 0 when none was.</summary>
    public long PingSent { get; private set; }

    /// <summary>When the PONG came; 0 before.</summary>
    public long Pong { get; private set; }

    /// <summary>Whether a PING went out, so that silence means something.</summary>
    public bool HasPinged { get; private set; }

    /// <summary>Whether a fresh connection shook hands in this probe.</summary>
    public bool HasShakenHands { get; private set; }

    /// <summary>Why no fresh connection could be made; null when none was tried, or it has not ended, or it is open.</summary>
    public ZmtpError? BesideError { get; private set; }

    /// <summary>Whether a fresh connection was started and had at least an eighth of the timeout.</summary>
    public bool HadTimeToShakeHands => BesideStarted != 0 && clock.Deadline - BesideStarted >= clock.Ticks(clock.Timeout / 8);

    /// <summary>Whether a PONG had at least an eighth of the timeout: a slow connect or earlier step may have left next to nothing.</summary>
    public bool HadTimeToPong => clock.Deadline - PingSent >= clock.Ticks(clock.Timeout / 8);

    /// <summary>Whether the request should be sent again, on the fresh connection: the kept one gave no sign of life.</summary>
    public bool WantsRetry => _hasBesideOpened && _mayRetry && Pong == 0;

    /// <summary>When a fresh connection was started; 0 when none was.</summary>
    public long BesideStarted { get; private set; }

    /// <summary>When <see cref="TakeStep"/> is due, as a timestamp.</summary>
    public long Next => _step switch
    {
        Step.Overdue => clock.Overdue,
        Step.AwaitsLastChance => clock.LastChance,
        _ => _next,
    };

    /// <summary>The connection is open.</summary>
    public void Opened()
    {
        IsKept = link.OpenedAt != 0 && link.OpenedAt < clock.Start;
        HasShakenHands = !IsKept && link.OpenedAt != 0;
    }

    /// <summary>The time for the next step has come, and no reply.</summary>
    public void TakeStep()
    {
        switch (_step)
        {
            case Step.Overdue:
                PingSent = clock.Now;
                HasPinged = link.SendPing();
                if (!HasPinged)
                {
                    PingSent = 0;
                    AskWithoutPing();
                }
                else if (IsKept)
                {
                    // A quarter of what is left is enough for an answer from an I/O thread, and leaves time for a second try.
                    _next = PingSent + Math.Max(1, (clock.Deadline - PingSent) / 4);
                    _step = Step.AwaitsPong;
                }
                else
                {
                    Finish();
                }

                break;
            case Step.AwaitsPong:
                OpenBeside(mayRetry: true);
                break;
            default:
                OpenBeside(mayRetry: link.IsAcknowledged == false);
                break;
        }
    }

    /// <summary>A PONG came.</summary>
    public void OnPong(long timestamp)
    {
        // One that was asked for by an earlier probe says nothing of now.
        if (Pong == 0 && HasPinged && timestamp >= PingSent)
        {
            Pong = timestamp;
            Finish();
        }
    }

    /// <summary>The fresh connection shook hands.</summary>
    public void OnBesideOpened()
    {
        _hasBesideOpened = true;
        HasShakenHands = true;
    }

    /// <summary>The fresh connection could not be made.</summary>
    public void OnBesideFailed(ZmtpError error) => BesideError = error;

    /// <summary>A fresh connection has taken the place of the one that was mute, or that the peer ended at our PING.</summary>
    public void Renewed()
    {
        _hasBesideOpened = false;
        HasShakenHands = true;
        Finish();
    }

    private void AskWithoutPing()
    {
        if (!link.SeesZmtp || !IsKept)
        {
            Finish(); // nothing to ask, or the handshake of this very probe is the sign
        }
        else if (link.IsAcknowledged == false)
        {
            OpenBeside(mayRetry: true); // not even the peer's kernel has our request
        }
        else
        {
            // A fresh handshake costs a server more than a PING, and one that is only slow has answered by then.
            _step = Step.AwaitsLastChance;
        }
    }

    private void OpenBeside(bool mayRetry)
    {
        Finish();
        if (link.OpenBeside(clock.Deadline))
        {
            BesideStarted = clock.Now;
            _mayRetry = mayRetry;
        }
    }

    private void Finish()
    {
        _step = Step.Done;
        _next = long.MaxValue;
    }
}
