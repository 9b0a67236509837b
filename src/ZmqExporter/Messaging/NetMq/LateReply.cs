using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// The connection of a link that no probe uses any more, and on which a reply may still come: one, because seven descriptors are much
/// for curiosity. Nobody waits on it; the next probes look. Belongs to the thread of the worker.
/// </summary>
/// <param name="budget">How many the process may keep.</param>
/// <param name="timers">The clock.</param>
internal sealed class LateReply(LateReply.Budget budget, TimerQueue timers)
{
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

    /// <summary>How many the process keeps. Thread-safe.</summary>
    internal sealed class Budget
    {
        /// <summary>The most.</summary>
        public const int Max = 32;

        private int _used;

        /// <summary>Takes one, if there is one.</summary>
        public bool TryTake()
        {
            if (Interlocked.Increment(ref _used) <= Max)
            {
                return true;
            }

            Interlocked.Decrement(ref _used);
            return false;
        }

        /// <summary>Gives one back.</summary>
        public void Return() => Interlocked.Decrement(ref _used);
    }
}
