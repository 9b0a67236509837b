using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Our own client's way to the server of a NetMQ target. It survives whatever a server sends, so it is who looks at a server that killed
/// a worker; and it knows why a connection fails, which NetMQ does not tell. Nobody else hears of its connections, and nothing
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
    private Task<LinkOutcome>? _running;
    private bool _isDisposed;

    /// <summary>Whether what the probe says of the server comes from here, and not from NetMQ.</summary>
    public bool IsInUse { get; set; }

    public PeerInfo? Peer => _link?.Peer;

    public bool HasGreeted => _link?.HasGreeted ?? false;

    public ConnectionTimings Timings => _link?.Timings ?? default;

    /// <summary>Makes a connection, listens a moment and closes it.</summary>
    /// <returns>What is wrong, or null.</returns>
    /// <remarks>Who asks while somebody is asking hears what that one hears.</remarks>
    public async ValueTask<ZmtpError?> AskAsync(Timestamp deadline)
    {
        if (_running is { IsCompleted: false } running && (await running).Error is { } known)
        {
            return known;
        }

        Task<LinkOutcome> asked;
        lock (_lock)
        {
            IsInUse = true;
            asked = _running is { IsCompleted: false } ? _running : _running = LookAsync(deadline, listens: true);
        }

        return (await asked).Error;
    }

    /// <summary>Makes a connection and closes it: for an I/O thread, a handshake is as much a sign of life as a PONG.</summary>
    /// <returns>When the handshake was over, or what is wrong; neither when somebody else asks just now. The greeting of a version that is
    /// too old for a handshake is a sign of life too.</returns>
    public async ValueTask<LinkOutcome?> GreetAsync(Timestamp deadline)
    {
        Task<LinkOutcome> greeted;
        lock (_lock)
        {
            if (_running is { IsCompleted: false })
            {
                return null;
            }

            greeted = _running = LookAsync(deadline, listens: false);
        }

        return await greeted;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
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

    private async Task<LinkOutcome> LookAsync(Timestamp deadline, bool listens)
    {
        if (_isDisposed)
        {
            return new LinkOutcome(LinkOutcomeKind.Failed, timers.Now, Error: new ZmtpError(ZmtpErrorCode.Local, "the exporter stops"));
        }

        var link = _link ??= create(this);
        var outcome = await link.OpenAsync(deadline);
        if (listens && outcome.Kind == LinkOutcomeKind.Opened)
        {
            outcome = await link.ReceiveAsync(Timestamp.Min(deadline, timers.After(Patience)));
        }

        link.EndProbe(AfterProbe.Close);
        return outcome.Error is { Code: ZmtpErrorCode.Version } ? outcome with { Kind = LinkOutcomeKind.Opened, Error = null } : outcome;
    }
}
