using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <content>How it comes to a connection.</content>
internal partial class NetMqLink
{
    private static ZmtpError OwnFault { get; } = new(ZmtpErrorCode.Local, "the exporter failed by itself, and its log says how");

    /// <summary>Whether an attempt to connect still means something.</summary>
    public bool IsCurrent(long attempt) => Volatile.Read(ref _attempt) == attempt && !IsDisposed;

    /// <summary>Has a worker make a connection, which the link uses from the first moment on.</summary>
    /// <returns>Null when the attempt has been given up.</returns>
    public WorkerConnection? Open(long attempt, WorkerRoute route, string address)
    {
        lock (_delivery.Lock)
        {
            if (!IsCurrent(attempt))
            {
                return null;
            }

            InUse?.Dispose();
            Workers.OnConnect(Server);
            return _delivery.Used = route.Worker.Open(route.IoThread, _options, address, this, _probe);
        }
    }

    /// <summary>Makes a connection that no probe asks for, unless that is under way.</summary>
    /// <param name="renews">Whether it is to replace the one in use, which is read until then; else it is made if there is none.</param>
    private protected void Dial(bool renews)
    {
        lock (_delivery.Lock)
        {
            if (IsDisposed || _isDialing || Server.IsQuarantined || _isFlooded || renews != InUse is { IsUsable: true })
            {
                return;
            }

            if (!renews)
            {
                DialNeedsLock(Timers.After(_options.AttemptTimeout));
            }
            else if (_replaced is null)
            {
                (_replaced, _delivery.Used) = (InUse, null);
                BeginAttemptNeedsLock(Timers.After(_options.AttemptTimeout));
            }
        }
    }

    /// <summary>Closes a connection whose place the one in use has taken.</summary>
    private protected void EndReplaced(WorkerConnection replaced)
    {
        lock (_delivery.Lock)
        {
            if (replaced == _replaced)
            {
                DropReplacedNeedsLock();
            }
        }
    }

    private void DialNeedsLock(Timestamp deadline)
    {
        DropNeedsLock();
        (_delivery.Used, _own.IsInUse) = (null, false);
        BeginAttemptNeedsLock(deadline);
    }

    private void BeginAttemptNeedsLock(Timestamp deadline)
    {
        (_deadline, _isDialing) = (deadline, true);
        var attempt = ++_attempt;
        Workers.Later(() => _ = DialAsync(attempt)); // it takes other locks
    }

    private Task DialAsync(long attempt) => Workers.GuardAsync(async () =>
    {
        ZmtpError? error = OwnFault;
        try
        {
            error = Workers.Route(Server, Role, out var route) ?? await _dialer.ConnectAsync(route, _deadline, attempt);
        }
        finally
        {
            OnDialed(attempt, error);
        }
    });

    private ValueTask<LinkOutcome> OpenNetMqAsync(Timestamp deadline)
    {
        lock (_delivery.Lock)
        {
            (_unsent, _isAsking, _deadline, _isFirst) = (null, false, deadline, true);
            _probe++;
            var error = Workers.Route(Server, Role, out var route);
            if (!_delivery.TryBeginNeedsLock() || error is not null)
            {
                DropNeedsLock(error);
                return new ValueTask<LinkOutcome>(error is null ? LinkOutcome.Stopped : Failed(error));
            }

            var isReplacing = _replaced is { IsUsable: true }; // it is read while another connection is made
            _isKept = !isReplacing && !_isDialing && InUse is { IsUsable: true } connection && connection.Route == route;
            if (isReplacing || _isKept)
            {
                _own.IsInUse &= isReplacing;
                return _delivery.OpenedNeedsLock(isOpen: true);
            }

            // The end of a subscription's own attempt ends this wait too.
            var wait = Wait.Begin(deadline, isReceive: false);
            if (!_isDialing || Role != WorkerRole.Subscriptions)
            {
                DialNeedsLock(deadline);
            }

            return wait;
        }
    }

    private void OnDialed(long attempt, ZmtpError? error)
    {
        WorkerConnection? connection;
        lock (_delivery.Lock)
        {
            if (!IsCurrent(attempt))
            {
                return;
            }

            _isDialing = false;
            connection = InUse;
            error ??= connection is { IsUsable: true } ? null : connection?.Error ?? LostInHandshake;
            if (error is not null && _replaced is { IsUsable: true } kept)
            {
                connection?.Dispose();
                (_delivery.Used, _replaced, connection, error) = (kept, null, kept, null); // the old one goes on
            }
            else if (error is not null)
            {
                DropNeedsLock();
            }
            else
            {
                _own.IsInUse = false;
            }
        }

        if (error is not null)
        {
            Lose(error);
            return;
        }

        BeforeOpened(connection!);
        lock (_delivery.Lock)
        {
            if (InUse != connection)
            {
                return; // lost meanwhile: who was notified of that knows why
            }

            if (_unsent is { } message && _delivery.IsProbing)
            {
                (_unsent, _sentAt, _isArmed) = (null, Now, true);
                connection!.Send(message, _probe, isFirst: true);
                return;
            }
        }

        _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Opened, Now));
    }
}
