using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// The connection of a link that no probe uses any more, and on which a reply may still come: one, because seven descriptors are much
/// for curiosity. Nobody waits on it; the next probes look. Belongs to the thread of the worker.
/// </summary>
/// <param name="budget">How many the process may keep.</param>
/// <param name="timers">The clock.</param>
internal sealed class LateReply(LateReplyBudget budget, TimerQueue timers)
{
    /// <summary>How many all links together keep.</summary>
    public const int MaxPerProcess = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private NetMqConnection? _connection;
    private Timestamp _until;

    /// <summary>Takes a connection over, in the place of an older one.</summary>
    public void Keep(NetMqConnection connection)
    {
        Close();
        if (connection.IsLost || !budget.TryTake())
        {
            connection.Dispose();
            return;
        }

        _connection = connection;
        _until = timers.After(Patience);
    }

    /// <summary>Whether the connection is kept here.</summary>
    public bool Is(NetMqConnection connection) => connection == _connection;

    /// <summary>A connection was closed by somebody else: with the thread that it belongs to.</summary>
    public void Forget(NetMqConnection connection)
    {
        if (connection == _connection)
        {
            _connection = null;
            budget.Return();
        }
    }

    /// <summary>Looks for the reply. With it, or after a minute, the connection is closed.</summary>
    public ZmtpMessage? Take()
    {
        if (_connection is not { } connection)
        {
            return null;
        }

        connection.TryReceive(out var message, out _);
        connection.DrainMonitor();
        if (message is not null || connection.IsLost || timers.Now >= _until)
        {
            Close();
        }

        return message;
    }

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        if (_connection is { } connection)
        {
            connection.Dispose(); // and its owner forgets it
        }
    }
}
