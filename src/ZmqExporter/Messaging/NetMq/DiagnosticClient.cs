using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// Our own client's way to the server of a NetMQ target. It survives whatever a server sends, so it is who looks at a server that killed
/// a worker; and it knows why a connection fails, which NetMQ does not tell. Nobody else hears of its connections, and nothing
/// goes out on them beyond a handshake. That it is too new for a server says nothing of NetMQ, which still speaks ZMTP 2.0.
/// Thread-safe.
/// </summary>
/// <param name="create">Makes its link.</param>
/// <param name="timers">The clock.</param>
/// <param name="probeTimeout">How long a probe may take.</param>
internal sealed class DiagnosticClient(Func<ILinkObserver, IMessageLink> create, TimerQueue timers, TimeSpan probeTimeout) : ILinkObserver, IDisposable
{
    // What a hostile server sends comes on the heels of its handshake.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    // With less of it nobody could connect or shake hands, and that would be our own doing.
    private readonly TimeSpan _least = LeastTime.Of(probeTimeout);
    private readonly Lock _lock = new();
    private IMessageLink? _link;
    private Task<LinkOutcome>? _running;
    private bool _isDisposed;

    /// <summary>Whether what the probe says of the server comes from here, and not from NetMQ.</summary>
    public bool IsInUse { get; set; }

    /// <summary>What its link has seen, if that is what the probe says.</summary>
    public IMessageLink? Seen => IsInUse ? _link : null;

    /// <summary>Makes a connection and closes it. Who asks while somebody is asking hears what that one hears.</summary>
    /// <param name="deadline">Until when; a look that begins at the end of the probe, or after that, goes on for an eighth of the probe's time.</param>
    /// <param name="listens">Whether to listen a moment before it is closed; without, the handshake is all: for an I/O thread as much a sign of life as a PONG.</param>
    /// <param name="isBrief">Whether that moment is to be short for a probe: an eighth of its time.</param>
    /// <returns>When it was open, or what is wrong.</returns>
    public Task<LinkOutcome> LookAsync(Timestamp deadline, bool listens = true, bool isBrief = false)
    {
        lock (_lock)
        {
            IsInUse |= listens;
            return _running is { IsCompleted: false } ? _running : _running = ConnectAsync(deadline, !listens ? TimeSpan.Zero : isBrief ? TimeSpan.Min(_least, Patience) : Patience);
        }
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

    private async Task<LinkOutcome> ConnectAsync(Timestamp deadline, TimeSpan patience)
    {
        if (_isDisposed)
        {
            return LinkOutcome.Stopped;
        }

        deadline = Timestamp.Max(deadline, timers.After(_least));
        var link = _link ??= create(this);
        var outcome = await link.OpenAsync(deadline);
        if (patience > TimeSpan.Zero && outcome.Kind == LinkOutcomeKind.Opened)
        {
            outcome = await link.ReceiveAsync(Timestamp.Min(deadline, timers.After(patience)));
        }

        link.EndProbe(AfterProbe.Close);
        return outcome.Error is { Code: ZmtpErrorCode.Version } ? outcome with { Error = null } : outcome;
    }
}
