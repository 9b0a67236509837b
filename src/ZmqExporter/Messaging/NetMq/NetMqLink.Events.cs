using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What the worker tells.</content>
internal partial class NetMqLink
{
    private static ZmtpError LostInHandshake { get; } = new(
        ZmtpErrorCode.Disconnected, "NetMQ lost the connection before any message came: the peer closed it, or the handshake failed");

    /// <summary>An event of the monitor.</summary>
    public void OnEvent(WorkerConnection connection, ConnectionEvent happened)
    {
        if (!IsDisposed && !connection.IsLeft)
        {
            _observer.OnConnectionEvent(happened);
        }
    }

    /// <summary>A message came.</summary>
    /// <param name="connection">On which connection.</param>
    /// <param name="message">The message.</param>
    /// <param name="probe">The number of the probe that the worker had heard of by then; null when it came before that one's request.</param>
    /// <param name="sent">When the worker last sent something on this connection.</param>
    /// <param name="received">When it received this.</param>
    public void OnMessage(WorkerConnection connection, ZmtpMessage message, int? probe, Timestamp sent, Timestamp received)
    {
        var outcome = new LinkOutcome(LinkOutcomeKind.Message, received, message);
        bool isTaken, isClaimed = false;
        lock (_delivery.Lock)
        {
            if (IsDisposed)
            {
                return;
            }

            _hasLookedInVain = false;

            // What the worker sent off before it heard of this probe answers an earlier one.
            isTaken = probe == _probe && _delivery.IsProbing && connection == InUse;
            if (isTaken)
            {
                (_isArmed, _unsent) = (false, null);
                var moment = sent.IsSet && _sentAt.IsSet && received >= sent ? _sentAt + (received - sent) : received; // as if the request had gone out at once
                outcome = outcome with { Timestamp = Timestamp.Min(moment, Now) };
                isTaken = _delivery.TryGiveNeedsLock(connection, ref outcome, out isClaimed);
            }
        }

        if (isClaimed)
        {
            Wait.Complete(outcome, inline: message.Length <= SmallReply);
        }
        else if (!isTaken)
        {
            _observer.OnUnawaitedMessage(message);
            _late.Close(connection);
        }
    }

    /// <summary>A frame of a subscription came.</summary>
    public virtual void OnFrame(WorkerConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
    }

    /// <summary>That was all for now.</summary>
    public virtual void OnFramesRead(WorkerConnection connection, Timestamp received)
    {
    }

    /// <summary>The worker has handed over what had come, as a wait had asked it.</summary>
    public void OnLooked(short wait) => Wait.TryEnd(wait, OnDeadline(Now, hasLooked: true));

    /// <summary>A connection has ended.</summary>
    public virtual void OnLost(WorkerConnection connection, bool isUnsent)
    {
        _late.Close(connection);
        bool asks;
        lock (_delivery.Lock)
        {
            _replaced = connection == _replaced ? null : _replaced;
            _isFlooded |= !_hasLookedInVain && connection.Error is { Code: ZmtpErrorCode.TooLarge, IsMessageSize: false };
            if (connection != InUse || IsDisposed || _isDialing)
            {
                return; // the dialer is notified, too
            }

            if (_replaced is { IsUsable: true } kept)
            {
                connection.Dispose();
                (_delivery.Used, _replaced, kept.OpenedAt) = (kept, null, connection.OpenedAt); // it goes on until it is old again
                return;
            }

            DropNeedsLock();
            if (isUnsent && _unsent is not null && _delivery.IsProbing)
            {
                DialNeedsLock(_deadline);
                _isKept = false;
                return;
            }

            // To NetMQ, a handshake that fails is a connection that closes: our own client knows more.
            _isAsking = asks = connection is { Error: null, HasHeard: false } && Wait.IsWaiting;
        }

        if (asks)
        {
            _ = Workers.GuardAsync(() => AskOwnAsync(isKnock: false));
            AfterLoss();
        }
        else
        {
            Lose(connection.Error ?? new ZmtpError(
                ZmtpErrorCode.Disconnected, "NetMQ lost the connection: the peer closed it or broke the protocol")
            { IsByPeer = true });
        }
    }

    /// <summary>Ends a wait for a message, if there is one, as a message would.</summary>
    private protected void Wake(Timestamp received)
    {
        if (Wait is { IsWaiting: true, IsOpening: false })
        {
            _delivery.TryGive(from: null, new LinkOutcome(LinkOutcomeKind.Message, received), inline: false);
        }
    }

    /// <summary>A connection is open, and nobody has been told yet.</summary>
    private protected virtual void BeforeOpened(WorkerConnection connection)
    {
    }

    /// <summary>A connection could not be made or was lost.</summary>
    private protected virtual void AfterLoss()
    {
    }

    /// <summary>Closes the connection in use, and gives up an attempt to make one.</summary>
    /// <param name="why">What of our own keeps us from it; null when it is given up for what it is.</param>
    private protected void DropNeedsLock(ZmtpError? why = null)
    {
        _attempt++;
        (_isDialing, _isArmed) = (false, false);
        if (InUse is { } used && why is not null)
        {
            used.Error = why;
        }

        InUse?.Dispose();
        DropReplacedNeedsLock();
    }

    private void DropReplacedNeedsLock()
    {
        _replaced?.Dispose();
        _replaced = null;
    }

    private void Lose(ZmtpError error)
    {
        // What a message was lost with on a kept connection that nobody could know to be dead, is for the prober to try again.
        var isUnsent = Volatile.Read(ref _unsent) is not null && error.Code != ZmtpErrorCode.Local;
        Fail(isUnsent ? new ZmtpError(error.Code, error.Message) { IsByPeer = true } : error);
        AfterLoss();
    }

    // At the end of a wait: nothing is over before the worker has read its sockets.
    private bool Look(short wait)
    {
        if ((_replaced ?? InUse) is not { } connection)
        {
            return false;
        }

        connection.Ask(FrameKind.Look, wait);
        return true;
    }
}
