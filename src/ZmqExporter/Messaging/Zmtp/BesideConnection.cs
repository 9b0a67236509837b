using System.Diagnostics.CodeAnalysis;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>
/// The connection beside the one in use. A probe asks for it when the one in use is mute, to tell a connection that died from a server
/// that did. Between probes one is made to renew a connection that has grown old: the old one stays in use until the new one is open.
/// Thread-safe.
/// </summary>
/// <param name="connection">Makes it.</param>
/// <param name="delivery">The probe, with the lock that guards all of this.</param>
/// <param name="timers">The clock.</param>
/// <param name="attemptTimeout">How long an attempt to renew may take.</param>
/// <param name="maxAge">From when on a connection is old; zero for never.</param>
internal sealed class BesideConnection(
    PersistentConnection connection, ProbeDelivery<ZmtpConnection> delivery, TimerQueue timers, TimeSpan attemptTimeout, TimeSpan maxAge)
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _maxAge = maxAge == TimeSpan.Zero ? TimeSpan.MaxValue : maxAge;
    private ZmtpConnection? _beside;
    private Timestamp _renewalDue; // not before this
    private bool _isAwaited; // by the probe that runs
    private bool _isAsked; // the probe has sent a message on it
    private bool _isRenewing; // it is to be used as soon as no probe runs

    private Timestamp Now => timers.Now;

    /// <summary>What becomes of the connection in use where no two may exist at once, as with a routing id: an old one is closed, and none is kept besides.</summary>
    public AfterProbe WithoutAnother(AfterProbe next)
    {
        lock (delivery.Lock)
        {
            return next == AfterProbe.KeepForLateReply ? AfterProbe.Abort : IsOldNeedsLock(next) ? AfterProbe.Close : next;
        }
    }

    /// <summary>See <see cref="IMessageLink.OpenBeside"/>.</summary>
    public bool Open(Timestamp deadline)
    {
        lock (delivery.Lock)
        {
            if (delivery.IsDisposed)
            {
                return false;
            }

            _isAwaited = true;
            _beside = connection.OpenBeside(deadline, out var isOpen);
            if (isOpen)
            {
                delivery.KeepNeedsLock(new LinkOutcome(LinkOutcomeKind.BesideOpened, Now));
            }

            return _beside is not null;
        }
    }

    /// <summary>See <see cref="IMessageLink.SendBeside"/>.</summary>
    public void Send(ZmtpMessage message)
    {
        ZmtpConnection? beside;
        lock (delivery.Lock)
        {
            beside = _beside;
            _isAsked = true;
            delivery.AlsoAsked = beside;
        }

        beside?.Send(message);
    }

    /// <summary>Whether a connection is the one beside.</summary>
    public bool Is(ZmtpConnection one)
    {
        lock (delivery.Lock)
        {
            return one == _beside;
        }
    }

    /// <summary>Puts it into use.</summary>
    /// <param name="betweenProbes">Whether only to end a renewal, and only while no probe runs: one may have sent its request meanwhile.</param>
    /// <param name="taken">It.</param>
    /// <param name="replaced">The one that was in use, which belongs to the caller; null when there was none that was open.</param>
    /// <param name="old">Messages of that one that no probe has taken; null for none.</param>
    /// <returns>False when nothing changed.</returns>
    public bool TryTake(
        bool betweenProbes, [NotNullWhen(true)] out ZmtpConnection? taken, out ZmtpConnection? replaced, out Queue<LinkOutcome>? old)
    {
        lock (delivery.Lock)
        {
            (taken, replaced, old) = (null, null, null);
            if ((betweenProbes && (delivery.IsProbing || !_isRenewing)) || !connection.TryTakeBeside(out taken, out replaced))
            {
                return false;
            }

            old = delivery.ReplaceNeedsLock(taken);
            ForgetNeedsLock();
            return true;
        }
    }

    /// <summary>See <see cref="IMessageLink.DropBeside"/>.</summary>
    /// <remarks>
    /// A renewal that goes on beside a connection that lives is none of the probe's: it goes on. Unless the probe has asked something on it:
    /// the answer would come on the next probe's connection.
    /// </remarks>
    public void Drop()
    {
        lock (delivery.Lock)
        {
            _isAwaited = false;
            if (_isRenewing && !_isAsked && delivery.Used is { IsClosed: false })
            {
                return;
            }
        }

        DropNow();
    }

    /// <summary>The probe ends.</summary>
    public void EndProbeNeedsLock()
    {
        _isAwaited = false;
        _isAsked = false;
    }

    /// <summary>It is open.</summary>
    /// <returns>Whether it renews a connection and no probe runs, so that it can be used at once.</returns>
    public bool OnOpened(ZmtpConnection opened)
    {
        lock (delivery.Lock)
        {
            if (_isRenewing && !delivery.IsProbing)
            {
                return true;
            }
        }

        Give(opened, new LinkOutcome(LinkOutcomeKind.BesideOpened, opened.OpenedAt));
        return false;
    }

    /// <summary>It could not be made, or was lost.</summary>
    public void OnFailed(ZmtpConnection failed, ZmtpError error)
    {
        lock (delivery.Lock)
        {
            _renewalDue = timers.After(RenewalPause);
            _isRenewing = false;
        }

        Give(failed, new LinkOutcome(LinkOutcomeKind.BesideFailed, Now, Error: error) { HasGreeted = failed.HasGreeted });
    }

    /// <summary>After a probe: it is used when it was made to renew the other, and given up else; an old one is renewed.</summary>
    /// <returns>Whether to put it into use, which does nothing while it is not open yet.</returns>
    public bool RenewBetweenProbes(AfterProbe next)
    {
        lock (delivery.Lock)
        {
            if (_isRenewing && next == AfterProbe.Keep)
            {
                return true;
            }

            if (_beside is null && !IsOldNeedsLock(next))
            {
                return false; // almost always
            }
        }

        DropNow();
        lock (delivery.Lock)
        {
            _isRenewing = !delivery.IsDisposed && IsOldNeedsLock(next);
            if (_isRenewing)
            {
                _beside = connection.OpenBeside(timers.After(attemptTimeout), out _);
            }
        }

        return false;
    }

    private void Give(ZmtpConnection from, LinkOutcome outcome)
    {
        lock (delivery.Lock)
        {
            if (from != _beside)
            {
                return;
            }

            if (outcome.Kind == LinkOutcomeKind.BesideFailed)
            {
                _beside = null;
                delivery.AlsoAsked = null;
            }

            if (!delivery.IsProbing || !_isAwaited || !delivery.ClaimOrKeepNeedsLock(ref outcome))
            {
                return;
            }
        }

        delivery.Wait.Complete(outcome, inline: true);
    }

    private void DropNow()
    {
        lock (delivery.Lock)
        {
            delivery.AlsoAsked = null;
            ForgetNeedsLock();
        }

        connection.DropBeside();
    }

    private void ForgetNeedsLock()
    {
        _beside = null;
        EndProbeNeedsLock();
        _isRenewing = false; // or no other renewal would ever begin
    }

    private bool IsOldNeedsLock(AfterProbe next)
    {
        if (next != AfterProbe.Keep || _maxAge == TimeSpan.MaxValue || delivery.Used is not { IsClosed: false, OpenedAt: { IsSet: true } openedAt })
        {
            return false;
        }

        var now = Now;
        return now - openedAt >= _maxAge && now >= _renewalDue;
    }
}
