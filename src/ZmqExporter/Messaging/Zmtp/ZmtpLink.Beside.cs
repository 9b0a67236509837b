using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <content>
/// The connection beside the one in use. A probe asks for it when the one in use is mute, to tell a connection that died from a server
/// that did. Between probes one is made to renew a connection that has grown old: the old one stays in use until the new one is open.
/// </content>
internal partial class ZmtpLink
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _maxAge;
    private readonly TimeSpan _attemptTimeout;
    private ZmtpConnection? _beside;
    private Timestamp _renewalDue; // not before this
    private bool _awaitsBeside; // the probe that runs has asked for it
    private bool _asksBeside; // and has sent a message on it
    private bool _isRenewing; // it is to be used as soon as no probe runs

    /// <inheritdoc />
    public bool OpenBeside(Timestamp deadline)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return false;
            }

            _awaitsBeside = true;
            _beside = _connection.OpenBeside(deadline, out var isOpen);
            if (isOpen)
            {
                TryKeepNeedsLock(new LinkOutcome(LinkOutcomeKind.BesideOpened, Now));
            }

            return _beside is not null;
        }
    }

    /// <inheritdoc />
    public void SendBeside(ZmtpMessage message)
    {
        ZmtpConnection? beside;
        lock (_lock)
        {
            beside = _beside;
            _asksBeside = true;
        }

        beside?.Send(message);
    }

    /// <inheritdoc />
    public bool TakeBeside()
    {
        if (!TryTakeBesideNow(betweenProbes: false, out var replaced))
        {
            return false;
        }

        if (replaced is not null)
        {
            LateReplyConnections lateReplies;
            lock (_lock)
            {
                lateReplies = LateRepliesNeedsLock();
            }

            lateReplies.Add(replaced);
        }

        return true;
    }

    /// <inheritdoc />
    /// <remarks>
    /// A renewal that goes on beside a connection that lives is none of the probe's: it goes on. Unless the probe has asked something on it:
    /// the answer would come on the next probe's connection.
    /// </remarks>
    public void DropBeside()
    {
        lock (_lock)
        {
            _awaitsBeside = false;
            if (_isRenewing && !_asksBeside && _used is { IsClosed: false })
            {
                return;
            }
        }

        DropBesideNow();
    }

    private bool IsBeside(ZmtpConnection connection)
    {
        lock (_lock)
        {
            return connection == _beside;
        }
    }

    private void DropBesideNow()
    {
        lock (_lock)
        {
            _beside = null;
            _awaitsBeside = false;
            _asksBeside = false;
            _isRenewing = false; // or no other renewal would ever begin
        }

        _connection.DropBeside();
    }

    /// <summary>Puts the connection beside into use.</summary>
    /// <param name="betweenProbes">Whether only to end a renewal, and only while no probe runs: one may have sent its request meanwhile.</param>
    /// <param name="replaced">The one that was, which belongs to the caller; null when there was none that was open, or somebody keeps it.</param>
    /// <returns>False when nothing changed.</returns>
    internal bool TryTakeBesideNow(bool betweenProbes, out ZmtpConnection? replaced)
    {
        ZmtpConnection? taken;
        Queue<LinkOutcome>? foreign;
        lock (_lock)
        {
            replaced = null;
            if ((betweenProbes && (_isProbing || !_isRenewing)) || !_connection.TryTakeBeside(out taken, out replaced))
            {
                return false;
            }

            _used = taken;
            _failure = null;
            _beside = null;
            _awaitsBeside = false;
            _asksBeside = false;
            _isRenewing = false;
            foreign = ForgetOldMessagesNeedsLock();
        }

        while (foreign is not null && foreign.TryDequeue(out var outcome))
        {
            _observer.OnUnawaitedMessage(outcome.Message!);
        }

        if (!betweenProbes)
        {
            BeforeOpened(taken, taken.OpenedAt);
        }
        else if (!Replace(replaced, taken))
        {
            replaced = null;
        }

        return true;
    }

    /// <summary>Nobody may take what stands in the inbox and came on the old connection for what came on the new one.</summary>
    private Queue<LinkOutcome>? ForgetOldMessagesNeedsLock()
    {
        if (_inbox is null)
        {
            return null;
        }

        var (kept, foreign) = (new Queue<LinkOutcome>(), new Queue<LinkOutcome>());
        (_inbox, var all, _inboxBytes) = (kept, _inbox, 0);
        foreach (var outcome in all)
        {
            if (outcome.IsBeside)
            {
                kept.Enqueue(outcome with { IsBeside = false });
                _inboxBytes += outcome.Message!.Length;
            }
            else if (outcome.Message is not null)
            {
                foreign.Enqueue(outcome);
            }
        }

        return foreign;
    }

    private void OnBesideOpened(ZmtpConnection connection)
    {
        bool isFree;
        lock (_lock)
        {
            isFree = _isRenewing && !_isProbing;
        }

        if (isFree)
        {
            RenewNow();
        }
        else
        {
            TryCompleteBeside(connection, new LinkOutcome(LinkOutcomeKind.BesideOpened, connection.OpenedAt));
        }
    }

    private void OnBesideFailed(ZmtpConnection connection, ZmtpError error)
    {
        lock (_lock)
        {
            _renewalDue = _context.Timers.After(RenewalPause);
            _isRenewing = false;
        }

        TryCompleteBeside(connection, new LinkOutcome(LinkOutcomeKind.BesideFailed, Now, Error: error) { HasGreeted = connection.HasGreeted });
    }

    private void RenewNow()
    {
        if (TryTakeBesideNow(betweenProbes: true, out var replaced))
        {
            replaced?.Dispose();
        }
    }

    private void TryCompleteBeside(ZmtpConnection connection, LinkOutcome outcome)
    {
        lock (_lock)
        {
            if (connection != _beside)
            {
                return;
            }

            _beside = outcome.Kind == LinkOutcomeKind.BesideFailed ? null : _beside;
            if (!_isProbing || !_awaitsBeside)
            {
                return;
            }

            if (!_isWaiting)
            {
                TryKeepNeedsLock(outcome);
                return;
            }

            EndWaitNeedsLock();
        }

        _wait.SetResult(outcome);
    }

    /// <summary>After a probe: a connection beside is used when it was made to renew the other, and given up else; an old one is renewed.</summary>
    private void RenewBetweenProbes(AfterProbe next)
    {
        bool isRenewing;
        lock (_lock)
        {
            isRenewing = _isRenewing && next == AfterProbe.Keep;
            if (!isRenewing && _beside is null && !IsOldNeedsLock(next))
            {
                return; // almost always
            }
        }

        if (isRenewing)
        {
            RenewNow(); // nothing happens while it is not open yet
            return;
        }

        DropBesideNow();
        lock (_lock)
        {
            _isRenewing = !_disposed && IsOldNeedsLock(next);
            if (_isRenewing)
            {
                _beside = _connection.OpenBeside(_context.Timers.After(_attemptTimeout), out _);
            }
        }
    }

    private bool IsOldNeedsLock(AfterProbe next)
    {
        if (next != AfterProbe.Keep || _maxAge == TimeSpan.MaxValue || _used is not { IsClosed: false, OpenedAt: { IsSet: true } openedAt })
        {
            return false;
        }

        var now = Now;
        return now - openedAt >= _maxAge && now >= _renewalDue;
    }
}
