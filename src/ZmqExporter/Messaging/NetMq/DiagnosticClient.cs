using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Our own client's way to the server of a NetMQ target. It survives whatever a server sends, so it is who looks at a server that killed
/// NetMQ's I/O thread; and it knows why a connection fails, which NetMQ does not tell. Nobody else hears of its connections, and nothing
/// goes out on them beyond a handshake. That it is too new for a server says nothing of NetMQ, which still speaks ZMTP 2.0.
/// Asks one thing at a time. Thread-safe.
/// </summary>
/// <param name="create">Makes its link.</param>
/// <param name="timers">The clock.</param>
internal sealed class DiagnosticClient(Func<ILinkObserver, IMessageLink> create, TimerQueue timers) : ILinkObserver, IDisposable
{
    // What a hostile server sends comes on the heels of its handshake.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private IMessageLink? _link;
    private bool _isBusy;
    private Task<ZmtpError?>? _asked;
    private Task<LinkOutcome?>? _greeted;
    private bool _disposed;

    /// <summary>Whether the last attempt to reach the server was made here.</summary>
    public bool IsInUse { get; private set; }

    /// <summary>As <see cref="IMessageLink.Peer"/>.</summary>
    public PeerInfo? Peer => _link?.Peer;

    /// <summary>As <see cref="IMessageLink.HasGreeted"/>.</summary>
    public bool HasGreeted => _link?.HasGreeted ?? false;

    /// <summary>As <see cref="IMessageLink.Timings"/>.</summary>
    public ConnectionTimings Timings => _link?.Timings ?? default;

    /// <summary>Makes a connection, listens a moment and closes it.</summary>
    /// <param name="deadline">Timestamp.</param>
    /// <returns>What is wrong, or null.</returns>
    /// <remarks>Who asks while somebody is asking gets the same answer.</remarks>
    public async ValueTask<ZmtpError?> AskAsync(Timestamp deadline)
    {
        Task<ZmtpError?> asked;
        lock (_lock)
        {
            asked = _asked is { IsCompleted: false } ? _asked : _asked = AskAnewAsync(deadline);
        }

        return await asked;
    }

    /// <summary>Makes a connection and closes it: for an I/O thread, a handshake is as much a sign of life as a PONG.</summary>
    /// <param name="deadline">Timestamp.</param>
    /// <returns>When the handshake was over, or what is wrong; neither when somebody else asks just now. The greeting of a version that is
    /// too old for a handshake is a sign of life too.</returns>
    public async ValueTask<LinkOutcome?> GreetAsync(Timestamp deadline)
    {
        Task<LinkOutcome?> greeted;
        lock (_lock)
        {
            _greeted = greeted = GreetAnewAsync(deadline);
        }

        return await greeted;
    }

    /// <summary>The server is reached through NetMQ again.</summary>
    public void EndUse() => IsInUse = false;

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _link?.Dispose();
        }
    }

    /// <inheritdoc />
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        // The target's series are about NetMQ's connections.
    }

    /// <inheritdoc />
    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
        // Nothing was asked.
    }

    private async Task<ZmtpError?> AskAnewAsync(Timestamp deadline)
    {
        if (_greeted is { IsCompleted: false } greeted && (await greeted)?.Error is { } error)
        {
            return error;
        }

        if (Take() is not { } link)
        {
            return _disposed ? new ZmtpError(ZmtpErrorCode.Local, "the exporter stops") : null;
        }

        IsInUse = true;
        try
        {
            var outcome = await link.OpenAsync(deadline);
            if (outcome.Kind == LinkOutcomeKind.Opened)
            {
                outcome = await link.ReceiveAsync(Timestamp.Min(deadline, timers.After(Patience)));
            }

            return outcome.Kind == LinkOutcomeKind.Failed && !IsTooOld(outcome) ? outcome.Error : null;
        }
        finally
        {
            Return(link);
        }
    }

    private async Task<LinkOutcome?> GreetAnewAsync(Timestamp deadline)
    {
        if (Take() is not { } link)
        {
            return null;
        }

        try
        {
            var outcome = await link.OpenAsync(deadline);
            return IsTooOld(outcome) ? outcome with { Kind = LinkOutcomeKind.Opened, Error = null } : outcome;
        }
        finally
        {
            Return(link);
        }
    }

    private static bool IsTooOld(LinkOutcome outcome) => outcome.Error is { Code: ZmtpErrorCode.Version };

    private IMessageLink? Take()
    {
        lock (_lock)
        {
            if (_disposed || _isBusy)
            {
                return null;
            }

            _isBusy = true;
            return _link ??= create(this);
        }
    }

    private void Return(IMessageLink link)
    {
        link.EndProbe(AfterProbe.Close);
        lock (_lock)
        {
            _isBusy = false;
        }
    }
}
