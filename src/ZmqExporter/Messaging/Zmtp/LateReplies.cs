using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>The <see cref="LateReplyConnections{ZmtpConnection}"/> of a link, made for the first of them: most servers owe no reply. Thread-safe; a field that is not read-only.</summary>
/// <param name="timers">The clock.</param>
/// <param name="budget">How many connections all links may keep.</param>
internal struct LateReplies(TimerQueue timers, LateReplyBudget budget)
{
    private LateReplyConnections<ZmtpConnection>? _kept;

    /// <summary>See <see cref="LateReplyConnections{ZmtpConnection}.Add"/>.</summary>
    public void Add(ZmtpConnection connection)
    {
        if (_kept is null)
        {
            Interlocked.CompareExchange(ref _kept, Make(), null);
        }

        _kept.Add(connection);
    }

    /// <summary>See <see cref="LateReplyConnections{ZmtpConnection}.Close"/>.</summary>
    public readonly void Close(ZmtpConnection connection) => _kept?.Close(connection);

    /// <summary>Closes all of them, and those that are added from now on.</summary>
    public void Dispose()
    {
        var gone = Make();
        gone.Dispose();
        Interlocked.CompareExchange(ref _kept, gone, null)?.Dispose();
    }

    private readonly LateReplyConnections<ZmtpConnection> Make() => new(timers, budget, static connection => connection.IsClosed, static connection => connection.Abort());
}
