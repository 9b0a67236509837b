using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>How it comes to a connection.</content>
internal partial class NetMqLink
{
    /// <summary>Whether an attempt to connect still means something.</summary>
    public bool IsCurrent(long attempt) => Volatile.Read(ref _attempt) == attempt && !_isDisposed;

    /// <summary>Has a worker make a connection, which the link uses from the first moment on.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="route">Where.</param>
    /// <param name="address">Where to.</param>
    /// <returns>Null when the attempt has been given up.</returns>
    public WorkerConnection? Open(long attempt, WorkerRoute route, string address)
    {
        lock (_lock)
        {
            if (!IsCurrent(attempt))
            {
                return null;
            }

            CloseNeedsLock(ref _connection);
            Workers.OnConnect(Server);
            return _connection = route.Worker.Open(route.IoThread, _options, address, this, _replaced, (int)_probe);
        }
    }

    /// <summary>Begins an attempt to connect that no probe asks for, unless there is a connection, or another attempt.</summary>
    private protected long? TryBeginDial(Timestamp deadline)
    {
        lock (_lock)
        {
            return _isDisposed || _isDialing || _connection is not null ? null : BeginDialNeedsLock(deadline);
        }
    }

    /// <summary>Begins an attempt to make another connection than the one in use, which is read until the new one brings something.</summary>
    private protected long? TryBeginRenewal(Timestamp deadline)
    {
        lock (_lock)
        {
            if (_isDisposed || _isDialing || _replaced is not null || _connection is not { IsUsable: true } connection)
            {
                return null;
            }

            (_replaced, _connection) = (connection, null);
            _hasHeard = connection.HasHeard;
            (_deadline, _isDialing) = (deadline, true);
            return ++_attempt;
        }
    }

    /// <summary>Closes the connection before the one in use, because that one has brought something.</summary>
    /// <returns>Whether there was one.</returns>
    private protected bool EndReplacing()
    {
        lock (_lock)
        {
            var isReplacing = _replaced is not null;
            CloseNeedsLock(ref _replaced);
            return isReplacing;
        }
    }

    /// <summary>Begins an attempt to connect, which <see cref="DialAsync"/> makes.</summary>
    private protected long BeginDialNeedsLock(Timestamp deadline)
    {
        DropNeedsLock();
        _deadline = deadline;
        _hasHeard = false;
        _isDialing = true;
        _own.IsInUse = false;
        return _attempt;
    }

    private protected async Task DialAsync(long attempt)
    {
        try
        {
            OnDialed(attempt, Workers.Route(Server, Role, out var route) ?? await _dialer.ConnectAsync(route, _deadline, attempt));
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            Workers.OnFault(exception);
            OnDialed(attempt, new ZmtpError(ZmtpErrorCode.Local, exception.Message));
        }
#pragma warning restore CA1031
    }

    private ValueTask<LinkOutcome> OpenNetMqAsync(Timestamp deadline)
    {
        ValueTask<LinkOutcome> wait;
        long attempt;
        lock (_lock)
        {
            _failure = null;
            _unsent = null;
            _isAsking = false;
            _deadline = deadline;
            _probe++;
            (_isInProbe, _isFirst) = (true, true);
            var error = Workers.Route(Server, Role, out var route);
            if (_isDisposed || error is not null)
            {
                DropNeedsLock();
                return new ValueTask<LinkOutcome>(error is null ? LinkOutcome.Stopped : Failed(error));
            }

            if (_replaced is { IsUsable: true })
            {
                return new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Opened, Now)); // while another connection is made
            }

            _isKept = !_isDialing && _connection is { IsUsable: true } connection && connection.Route == route;
            if (_isKept)
            {
                _own.IsInUse = false;
                return new ValueTask<LinkOutcome>(new LinkOutcome(LinkOutcomeKind.Opened, Now));
            }

            wait = _wait.Begin(deadline, isReceive: false);
            if (_isDialing && Role == WorkerRole.Subscriptions)
            {
                return wait; // a subscription's attempt, whose end ends this wait too
            }

            attempt = BeginDialNeedsLock(deadline);
        }

        _ = DialAsync(attempt);
        return wait;
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
            if (error is not null && _replaced is { IsUsable: true } kept)
            {
                CloseNeedsLock(ref _connection);
                (_connection, _replaced, connection, error) = (kept, null, kept, null); // the old one goes on
            }
            else if (error is not null)
            {
                DropNeedsLock();
            }
            else
            {
                Timestamp.VolatileWrite(ref _openedAt, Now);
                _own.IsInUse = false;
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
            if (_connection != connection)
            {
                return; // lost meanwhile: who was notified of that knows why
            }

            if (_unsent is { } message && _isInProbe)
            {
                (_unsent, _sentAt, _isArmed) = (null, Now, true);
                connection!.Send(message, (int)_probe, isFirst: true);
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
}
