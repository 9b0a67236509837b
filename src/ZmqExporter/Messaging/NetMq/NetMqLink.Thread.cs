using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>What runs on the worker's thread.</content>
internal partial class NetMqLink
{
    /// <inheritdoc />
    public virtual bool Awaits(NetMqConnection connection) => _wait.IsWaiting && connection == _connection;

    /// <inheritdoc />
    public virtual void OnReady(NetMqConnection connection)
    {
        if (connection != _connection)
        {
            return;
        }

        if (_isOpening)
        {
            connection.DrainMonitor();
            if (_isOpening || connection != _connection)
            {
                return;
            }

            // What followed the connect ran right there, and the loss may have been told there too: nobody will be told of it again.
        }

        if (_wait.IsWaiting)
        {
            Receive(connection);
        }
    }

    /// <inheritdoc />
    public void OnEvent(NetMqConnection connection, ConnectionEvent connectionEvent)
    {
        if (!_late.Is(connection))
        {
            _observer.OnConnectionEvent(connectionEvent);
        }
    }

    /// <inheritdoc />
    public void OnFlooded(NetMqConnection connection)
    {
        if (_late.Is(connection))
        {
            _late.Close();
        }
        else if (connection == _connection)
        {
            _isOpening = false;
            Lose(new ZmtpError(ZmtpErrorCode.TooLarge, "the peer sends a message that does not end"));
        }
    }

    /// <inheritdoc />
    public void OnClosed(NetMqConnection connection)
    {
        Suspect.OnClose();
        _late.Forget(connection);
    }

    /// <inheritdoc />
    public void OnFault(Exception exception)
    {
        var error = NetMqFailure.Of(exception);
        Drop();
        _failure = error;
        _wait.TryEnd(Failed(error));
    }

    /// <inheritdoc />
    public void Run(NetMqWorker worker, WorkKind kind, ZmtpMessage? message)
    {
        switch (kind)
        {
            case WorkKind.Open when !_disposed:
                Open(worker);
                break;
            case WorkKind.Send:
                Send(worker, message!);
                break;
            case WorkKind.Receive when _wait.IsWaiting:
                if (_isAsking)
                {
                    break; // the answer ends the wait
                }

                if (ConnectionOf(worker) is not { } connection || _failure is not null)
                {
                    _wait.TryEnd(Failed(_failure ?? NetMqRuntime.Rebuilding));
                }
                else
                {
                    BeginReceive(worker, connection);
                }

                break;
            case WorkKind.Close:
                if (ConnectionOf(worker) is { } closing)
                {
                    TakeUnawaited(closing);
                }

                Drop();
                break;
            case WorkKind.End:
                Drop();
                _late.Close();
                break;
            case WorkKind.KeepLate:
                KeepLate(worker);
                break;
            default:
                RunMore(worker, kind);
                break;
        }
    }

    private void Open(NetMqWorker worker)
    {
        _dialer.OnBegun();
        while (_late.Take() is { } late)
        {
            _observer.OnUnawaitedMessage(late);
        }

        if (ConnectionOf(worker) is { } connection)
        {
            connection.DrainMonitor();
            TakeUnawaited(connection);
            _isDrained = true;
            if (connection.IsConnected)
            {
                Opened();
                return;
            }

            if (_dialer.IsDialingOn(worker) && !connection.IsLost)
            {
                return; // a subscription's attempt, whose end ends this wait too
            }
        }

        if (!_dialer.IsDialingOn(worker))
        {
            Connect(worker, _dialer.Deadline);
        }
    }

    private async Task ConnectAsync(NetMqWorker worker, Timestamp deadline)
    {
        try
        {
            var (abandoned, error) = await _dialer.ConnectAsync(worker, deadline);
            if (abandoned)
            {
                return;
            }

            if (error is null && ConnectionOf(worker) is { IsConnected: true } connection)
            {
                Timestamp.VolatileWrite(ref _openedAt, Now);
                BeforeOpened(connection);
                Opened();
            }
            else
            {
                _isOpening = false;
                Lose(error ?? Stopped);
            }
        }
#pragma warning disable CA1031 // Nobody awaits this.
        catch (Exception exception)
        {
            _runtime.OnFault(exception);
            await worker.Enter(); // an exception of the questions to our own client comes from elsewhere
            OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private void Opened()
    {
        _isOpening = false;
        _own.EndUse();
        _wait.TryEnd(new LinkOutcome(LinkOutcomeKind.Opened, Now), inline: true);
    }

    private void Send(NetMqWorker worker, ZmtpMessage message)
    {
        if (ConnectionOf(worker) is not { IsLost: false } connection)
        {
            _failure ??= new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ lost the connection before the request was sent");
            return;
        }

        Suspect.OnSend();
        if (!_isDrained)
        {
            TakeUnawaited(connection); // what came before the request cannot answer it
        }

        _isDrained = false;
        if (!connection.TrySend(message))
        {
            _failure ??= new ZmtpError(ZmtpErrorCode.Disconnected, "NetMQ takes no more messages: the peer has not read the last ones");
        }
    }

    private void Receive(NetMqConnection connection)
    {
        // The message first: a server may answer and close.
        if (TryTake(connection))
        {
            return;
        }

        connection.DrainMonitor();
        if (connection.IsLost && !TryTake(connection))
        {
            Lose(connection);
        }
    }

    private bool TryTake(NetMqConnection connection)
    {
        if (connection.TryReceive(out var message, out var error))
        {
            if (!_wait.TryEndReceive(new LinkOutcome(LinkOutcomeKind.Message, Now, message), inline: message!.Length <= SmallReply))
            {
                _observer.OnUnawaitedMessage(message);
            }

            return true;
        }

        if (error is not null)
        {
            Lose(error);
            return true;
        }

        return false;
    }

    /// <summary>Hands over what came while no probe awaited a message.</summary>
    private protected virtual void TakeUnawaited(NetMqConnection connection)
    {
        for (var i = 0; i < MaxUnawaited; i++)
        {
            if (connection.TryReceive(out var message, out var error))
            {
                _observer.OnUnawaitedMessage(message!);
            }
            else if (error is null)
            {
                return; // after one that was wrong, others may wait
            }
        }
    }

    private void KeepLate(NetMqWorker worker)
    {
        if (ConnectionOf(worker) is { } connection)
        {
            _connection = null;
            if (connection.TryReceive(out var message, out _))
            {
                _observer.OnUnawaitedMessage(message!);
                connection.Dispose();
            }
            else
            {
                _late.Keep(connection);
            }
        }
    }

    private void Drop()
    {
        _dialer.Abandon();
        if (_connection is { } connection)
        {
            _hasHeard = connection.HasHeard;
            _connection = null;
            Timestamp.VolatileWrite(ref _openedAt, Timestamp.None);
            connection.Dispose();
        }
    }
}
