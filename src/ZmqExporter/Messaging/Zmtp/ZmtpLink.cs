using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>
/// A link over our own ZMTP client: hands what happens on its connections to the probe that runs, to the connection beside or, while no
/// probe wants it, to the observer.
/// </summary>
internal class ZmtpLink : IMessageLink, IConnectionHandler
{
    private readonly ZmtpContext _context;
    private readonly ILinkObserver _observer;
    private readonly PersistentConnection _connection;
    private readonly ProbeDelivery<ZmtpConnection> _delivery;
    private readonly BesideConnection _beside;
    private readonly UnawaitedMessages _unawaited;
    private readonly ImmutableArray<ImmutableArray<byte>> _subscriptions;
    private LateReplies _lateReplies;

    /// <param name="options">Where to and how.</param>
    /// <param name="context">Timers, names and bounds.</param>
    /// <param name="budget">How many connections may be kept for late replies.</param>
    /// <param name="observer">Is notified of what happens between calls.</param>
    public ZmtpLink(LinkOptions options, ZmtpContext context, LateReplyBudget budget, ILinkObserver observer)
    {
        _context = context;
        _observer = observer;
        _subscriptions = options.SocketType == SocketType.Sub ? options.Topics : [];
        MayReplace = options.RoutingId.IsEmpty;
        _lateReplies = new LateReplies(context.Timers, budget);
        _unawaited = new UnawaitedMessages(observer);
        _delivery = new ProbeDelivery<ZmtpConnection>(context.Timers, delivery => new ZmtpWait(context.Timers, delivery));
        _connection = new PersistentConnection(options.Endpoint, ZmtpClient.Options(options), context, options.Reconnect, this);
        _beside = new BesideConnection(_connection, _delivery, context.Timers, options.AttemptTimeout, options.MaxConnectionAge);
    }

    /// <inheritdoc />
    public PeerInfo? Peer => _delivery.Used?.Peer;

    /// <inheritdoc />
    public bool HasGreeted => _delivery.Used?.HasGreeted ?? false;

    /// <inheritdoc />
    public bool OnlyLooks => _delivery.Used?.OnlyLooks ?? false;

    /// <inheritdoc />
    public ConnectionTimings Timings => _delivery.Used?.Timings ?? default;

    /// <inheritdoc />
    public Timestamp OpenedAt => _delivery.Used?.OpenedAt ?? Timestamp.None;

    /// <inheritdoc />
    public TimeSpan OwnDelay => _delivery.Used?.OwnDelay ?? TimeSpan.Zero;

    /// <inheritdoc />
    public bool MayReplace { get; }

    /// <inheritdoc />
    public bool? IsAcknowledged => _delivery.Used?.IsAcknowledged;

    /// <inheritdoc />
    public bool WasLostToPing => _delivery.Used?.EndedAtPing ?? false;

    /// <inheritdoc />
    public virtual bool? IsSubscribed => null;

    /// <summary>The wait of the probe that runs.</summary>
    internal ZmtpWait Wait => (ZmtpWait)_delivery.Wait;

    private protected Timestamp Now => _context.Timers.Now;

    /// <summary>The connection of the probe that runs, or of the last one.</summary>
    private protected ZmtpConnection? Used => _delivery.Used;

    /// <inheritdoc />
    public ValueTask<LinkOutcome> OpenAsync(Timestamp deadline)
    {
        _unawaited.Restart();
        lock (_delivery.Lock)
        {
            if (!_delivery.TryBeginNeedsLock())
            {
                return new ValueTask<LinkOutcome>(LinkOutcome.Stopped);
            }

            // Under the lock, so that whatever the attempt says, on whichever thread, finds us waiting for it.
            _delivery.Used = _connection.Open(deadline, out var isOpen);
            return _delivery.OpenedNeedsLock(isOpen);
        }
    }

    /// <inheritdoc />
    public void Send(ZmtpMessage message) => _delivery.Used?.Send(message);

    /// <inheritdoc />
    public bool SendPing() => _delivery.Used?.SendPing() ?? false;

    /// <inheritdoc />
    public ValueTask<LinkOutcome> ReceiveAsync(Timestamp until) => _delivery.ReceiveAsync(until);

    /// <inheritdoc />
    public bool OpenBeside(Timestamp deadline) => _beside.Open(deadline);

    /// <inheritdoc />
    public void SendBeside(ZmtpMessage message) => _beside.Send(message);

    /// <inheritdoc />
    public bool TakeBeside()
    {
        if (!TryTakeBeside(betweenProbes: false, out var replaced))
        {
            return false;
        }

        if (replaced is not null)
        {
            _lateReplies.Add(replaced);
        }

        return true;
    }

    /// <inheritdoc />
    public void DropBeside() => _beside.Drop();

    /// <inheritdoc />
    public virtual void EndProbe(AfterProbe next)
    {
        Queue<LinkOutcome>? leftOver;
        lock (_delivery.Lock)
        {
            leftOver = _delivery.EndNeedsLock();
            _beside.EndProbeNeedsLock();
        }

        var hasCome = UnawaitedMessages.HandOver(_observer, leftOver) && next == AfterProbe.KeepForLateReply; // the late reply
        next = hasCome ? AfterProbe.Abort : MayReplace ? next : _beside.WithoutAnother(next);
        EndUse(next);
        if (_beside.RenewBetweenProbes(next))
        {
            RenewNow();
        }
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        _delivery.Stop();
        _connection.Dispose();
        _lateReplies.Dispose();
        _delivery.TryGive(from: null, LinkOutcome.Stopped);
    }

    /// <inheritdoc />
    public virtual IFrameReceiver CreateReceiver(ZmtpConnection connection) => new LinkReceiver(this, connection);

    /// <inheritdoc />
    void IConnectionHandler.OnEvent(ConnectionEvent connectionEvent) => _observer.OnConnectionEvent(connectionEvent);

    /// <inheritdoc />
    void IConnectionHandler.OnOpened(ZmtpConnection connection, PeerInfo peer)
    {
        if (!_beside.Is(connection))
        {
            BeforeOpened(connection);
            _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Opened, connection.OpenedAt));
        }
        else if (_beside.OnOpened(connection))
        {
            RenewNow();
        }
    }

    /// <inheritdoc />
    void IConnectionHandler.OnPong(ZmtpConnection connection, Timestamp timestamp) =>
        _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Pong, timestamp));

    /// <inheritdoc />
    void IConnectionHandler.OnClosed(ZmtpConnection connection, ZmtpError error)
    {
        _lateReplies.Close(connection);
        if (_beside.Is(connection))
        {
            _beside.OnFailed(connection, error);
            return;
        }

        AfterLoss(connection, error);
        _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: error));
    }

    /// <summary>Puts the connection beside into use.</summary>
    /// <param name="betweenProbes">Whether only to end a renewal, and only while no probe runs.</param>
    /// <param name="replaced">The one that was, which belongs to the caller; null when there was none that was open, or somebody keeps it.</param>
    /// <returns>False when nothing changed.</returns>
    internal bool TryTakeBeside(bool betweenProbes, out ZmtpConnection? replaced)
    {
        if (!_beside.TryTake(betweenProbes, out var taken, out replaced, out var old))
        {
            return false;
        }

        UnawaitedMessages.HandOver(_observer, old);
        if (!betweenProbes)
        {
            BeforeOpened(taken);
        }
        else if (!Replace(replaced, taken))
        {
            replaced = null;
        }

        return true;
    }

    /// <summary>A message has come.</summary>
    internal void OnMessage(ZmtpConnection connection, ZmtpMessage message)
    {
        var arrival = connection.Arrival;
        if (!_delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Message, arrival.Latest, message) { Earliest = arrival.Earliest }))
        {
            var isOneTooMany = !_unawaited.Add(message);
            _lateReplies.Close(connection);
            if (isOneTooMany)
            {
                _connection.Abort(connection);
                _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Failed, Now, Error: UnawaitedMessages.TooMany)); // else a probe would take it for silence
            }
        }
    }

    /// <summary>A connection is open, and nobody has been notified yet.</summary>
    private protected virtual void BeforeOpened(ZmtpConnection connection)
    {
        foreach (var topic in _subscriptions)
        {
            connection.Subscribe(topic.AsSpan());
        }
    }

    /// <summary>A renewal ends between probes: another connection takes the place of the one in use.</summary>
    /// <param name="replaced">The one that was in use, or null.</param>
    /// <param name="taken">The one that is.</param>
    /// <returns>False when the old one is kept for a while, which is then the callee's.</returns>
    private protected virtual bool Replace(ZmtpConnection? replaced, ZmtpConnection taken)
    {
        BeforeOpened(taken);
        return true;
    }

    /// <summary>A connection was lost, or could not be made, and nobody has been notified yet.</summary>
    private protected virtual void AfterLoss(ZmtpConnection connection, ZmtpError error)
    {
    }

    /// <summary>Ends a wait on this connection, if there is one, as a message would.</summary>
    private protected void Wake(ZmtpConnection connection, Timestamp timestamp)
    {
        // Nobody waits most of the time, and then this is all that a read costs.
        if (_delivery.Wait.IsWaiting)
        {
            _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Message, timestamp));
        }
    }

    /// <summary>Ends a wait on this connection, or the next one, as a message would.</summary>
    private protected void Notify(ZmtpConnection connection) => _delivery.TryGive(connection, new LinkOutcome(LinkOutcomeKind.Message, Now));

    /// <summary>Makes a connection although no probe asks for one.</summary>
    private protected void Reopen(TimeSpan timeout) => _connection.Open(_context.Timers.After(timeout), out _);

    private void EndUse(AfterProbe next)
    {
        switch (next)
        {
            case AfterProbe.KeepForLateReply:
                if (_connection.Detach() is { } connection)
                {
                    _lateReplies.Add(connection);
                }

                break;
            case AfterProbe.Abort:
                _connection.Abort();
                break;
            case AfterProbe.Close:
                _connection.Close();
                break;
            default:
                break; // it is kept
        }
    }

    private void RenewNow()
    {
        TryTakeBeside(betweenProbes: true, out var replaced);
        replaced?.Dispose();
    }
}
