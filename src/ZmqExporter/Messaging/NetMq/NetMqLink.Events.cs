using System.Globalization;
using System.Runtime.CompilerServices;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What the worker tells, and what our own client is asked.</content>
internal partial class NetMqLink
{
    private static readonly TimeSpan KnockMargin = TimeSpan.FromMilliseconds(100);

    private static ZmtpError LostInHandshake { get; } = new(
        ZmtpErrorCode.Disconnected, "NetMQ lost the connection before any message came: the peer closed it, or the handshake failed");

    /// <summary>An event of the monitor.</summary>
    public void OnEvent(WorkerConnection connection, ConnectionEvent happened)
    {
        if (!_isDisposed && connection != _late)
        {
            _observer.OnConnectionEvent(happened);
        }
    }

    /// <summary>A message came.</summary>
    /// <param name="connection">On which connection.</param>
    /// <param name="message">The message.</param>
    /// <param name="isStale">Whether it came before the request of this probe.</param>
    /// <param name="sent">When the worker last sent something on this connection.</param>
    /// <param name="received">When the worker received it.</param>
    public void OnMessage(WorkerConnection connection, ZmtpMessage message, bool isStale, Timestamp sent, Timestamp received)
    {
        var outcome = new LinkOutcome(LinkOutcomeKind.Message, received, message);
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            if (connection == _late)
            {
                DropLateNeedsLock();
            }

            if (connection == _connection && _isInProbe && !isStale)
            {
                _isArmed = false;
                _unsent = null;

                // As if the request had gone out at once.
                var moment = sent.IsSet && _sentAt.IsSet && received >= sent ? _sentAt + (received - sent) : received;
                outcome = outcome with { Timestamp = Timestamp.Min(moment, Now) };
                if (_wait.IsOpening || !_wait.TryClaim(ref outcome))
                {
                    _inbox.Enqueue(outcome);
                    return;
                }
            }
            else
            {
                isStale = true;
            }
        }

        if (isStale)
        {
            _observer.OnUnawaitedMessage(message);
        }
        else
        {
            _wait.Complete(outcome, inline: message.Length <= SmallReply);
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
    public void OnLooked(short wait) => _wait.OnLooked(wait, OnDeadline(Now, hasLooked: true));

    /// <summary>A connection has ended.</summary>
    public void OnLost(WorkerConnection connection, bool isUnsent)
    {
        long? retry = null;
        lock (_lock)
        {
            if (connection == _late)
            {
                DropLateNeedsLock();
            }

            if (connection != _connection || _isDisposed || _isDialing)
            {
                return; // who dials is told too
            }

            DropNeedsLock();
            if (isUnsent && _unsent is { } message && _isInProbe)
            {
                retry = RetryNeedsLock(message);
            }
        }

        if (retry is { } attempt)
        {
            _ = DialAsync(attempt);
        }
        else if (connection.Error is null && !connection.HasHeard && _wait.IsWaiting)
        {
            // To NetMQ, a handshake that fails is a connection that closes: our own client knows more.
            _isAsking = true;
            _ = AskWhyAsync();
            AfterLoss();
        }
        else
        {
            Lose(connection.Error ?? new ZmtpError(
                ZmtpErrorCode.Disconnected, "NetMQ lost the connection: the peer closed it or broke the protocol") { IsByPeer = true });
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

    /// <summary>Begins an attempt to connect, which <see cref="DialAsync"/> makes.</summary>
    private protected long BeginDialNeedsLock(Timestamp deadline)
    {
        DropNeedsLock();
        _deadline = deadline;
        _hasHeard = false;
        _isDialing = true;
        _own.EndUse();
        return _attempt;
    }

    private protected async Task DialAsync(long attempt)
    {
        try
        {
            var error = _workers.TryRoute(Server, Role, out var route, out var refusal)
                ? await _dialer.ConnectAsync(route, _deadline, attempt)
                : refusal;
            OnDialed(attempt, error);
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _workers.OnFault(exception);
            OnDialed(attempt, new ZmtpError(ZmtpErrorCode.Local, exception.Message));
        }
#pragma warning restore CA1031
    }

    /// <summary>Closes the connection in use, and gives up an attempt to make one.</summary>
    private protected void DropNeedsLock()
    {
        _attempt++;
        _isDialing = false;
        _isArmed = false;
        _hasHeard = _connection?.HasHeard ?? _hasHeard;
        CloseNeedsLock(ref _connection);
        Timestamp.VolatileWrite(ref _openedAt, Timestamp.None);
    }

    private void OnDialed(long attempt, ZmtpError? error)
    {
        WorkerConnection? connection;
        lock (_lock)
        {
            if (!IsCurrent(attempt))
            {
                return;
            }

            _isDialing = false;
            connection = _connection;
            error ??= connection is { IsUsable: true } ? null : connection?.Error ?? LostInHandshake;
            if (error is not null)
            {
                DropNeedsLock();
            }
            else
            {
                Timestamp.VolatileWrite(ref _openedAt, Now);
                _own.EndUse();
            }
        }

        if (error is not null)
        {
            Lose(error);
            return;
        }

        BeforeOpened(connection!);
        lock (_lock)
        {
            if (_unsent is { } message && _isInProbe)
            {
                (_unsent, _sentAt, _isArmed) = (null, Now, true);
                connection!.Send(message, isFirst: true);
                return;
            }
        }

        if (_wait.IsOpening)
        {
            _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Opened, Now), inline: true);
        }
    }

    private long RetryNeedsLock(ZmtpMessage message)
    {
        var attempt = BeginDialNeedsLock(_deadline);
        _unsent = message;
        _isKept = false;
        return attempt;
    }

    private void Lose(ZmtpError error)
    {
        lock (_lock)
        {
            // What a message was lost with on a kept connection that nobody could know to be dead, is for the prober to try again.
            error = _unsent is null || error.Code == ZmtpErrorCode.Local ? error : new ZmtpError(error.Code, error.Message) { IsByPeer = true };
            _failure = error;
        }

        _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
        AfterLoss();
    }

    private void KeepLateNeedsLock()
    {
        DropLateNeedsLock();
        if (_connection is { IsUsable: true } connection && _isArmed && _workers.LateReplies.TryTake())
        {
            (_late, _lateUntil, _connection) = (connection, Now + LateReplyTime, null);
        }

        DropNeedsLock();
    }

    private void DropLateNeedsLock()
    {
        if (_late is not null)
        {
            CloseNeedsLock(ref _late);
            _workers.LateReplies.Return();
        }
    }

    private void CloseNeedsLock(ref WorkerConnection? connection)
    {
        if (connection is { } closing)
        {
            connection = null;
            closing.Ask(FrameKind.Close);
            _workers.OnClose(Server, closing.Route);
        }
    }

    // At the end of a wait: nothing is over before the worker has read its sockets.
    private bool Look(short wait)
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        connection.Look(FrameKind.Look, wait);
        return true;
    }

    private async Task KnockAsync(long probe)
    {
        try
        {
            // A little early, so that its verdict comes before the end of the probe.
            var margin = TimeSpan.Min(TimeSpan.Max(TimeSpan.Zero, _deadline - Now) / 4, KnockMargin);
            var outcome = await _own.GreetAsync(_deadline - margin);
            if (outcome is not { } known || probe != Volatile.Read(ref _probe))
            {
                return;
            }

            if (known.Kind == LinkOutcomeKind.Opened)
            {
                var pong = known with { Kind = LinkOutcomeKind.Pong };
                if (!_wait.TryEndReceive(pong))
                {
                    Volatile.Write(ref _pong, new StrongBox<LinkOutcome>(pong)); // the caller is between two waits
                }
            }
            else if (_connection is { HasHeard: false } && known.Error is { } error)
            {
                // It never said a word to NetMQ: then this is the reason.
                _failure = error;
                _wait.TryEndReceive(known);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _workers.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async Task AskWhyAsync()
    {
        try
        {
            var error = await _own.AskAsync(_deadline) ?? LostInHandshake;
            if (_isAsking)
            {
                _isAsking = false;
                _failure = error;
                _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _workers.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private async ValueTask<LinkOutcome> OpenSuspectAsync(Timestamp deadline)
    {
        var begun = Now;
        var error = await _own.AskAsync(deadline);
        _workers.OnLooked(Server, error is not null);
        return Now - begun < (deadline - begun) / 2 ? await OpenNetMqAsync(deadline) : Failed(NetMqWorkers.Waits); // what is left would prove nothing
    }

    private async ValueTask<LinkOutcome> OpenQuarantinedAsync(Timestamp deadline)
    {
        if (await _own.AskAsync(deadline) is { } error)
        {
            return new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error);
        }

        return _workers.TryBeginTrial(Server, out var left)
            ? await OpenNetMqAsync(deadline)
            : Failed(new ZmtpError(ZmtpErrorCode.Local, string.Create(
                CultureInfo.InvariantCulture,
                $"the exporter's own client finds nothing wrong, but the target is quarantined, because what this server sent killed a NetMQ worker process; next trial in {left.TotalSeconds:0} s")));
    }
}
