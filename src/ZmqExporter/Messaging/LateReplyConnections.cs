using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>
/// Connections that no probe uses any more, on which a reply may still come. Each is closed with that reply, after a minute, or
/// when newer ones need its place. Thread-safe.
/// </summary>
/// <param name="timers">The clock.</param>
/// <param name="budget">How many all links of a client together may keep.</param>
/// <param name="isClosed">Whether one has ended.</param>
/// <param name="abort">Closes one that is given up.</param>
internal sealed class LateReplyConnections<TConnection>(
    TimerQueue timers, LateReplyBudget budget, Func<TConnection, bool> isClosed, Action<TConnection> abort) : IDisposable
    where TConnection : class, IDisposable
{
    // As many as a minute has seconds, so that at the usual intervals every late reply is counted, however late.
    private const int MaxPerLink = 64;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private bool _disposed;

    /// <summary>Takes a connection over, or closes it when there is no room.</summary>
    public void Add(TConnection connection)
    {
        Entry? oldest = null;
        var isTaken = false;
        lock (_lock)
        {
            if (!_disposed && !isClosed(connection))
            {
                if (_entries.Count == MaxPerLink)
                {
                    oldest = _entries[0];
                    RemoveNeedsLock(oldest);
                }

                isTaken = budget.TryTake();
                if (isTaken)
                {
                    var entry = new Entry(this, connection);
                    _entries.Add(entry);
                    timers.Schedule(entry, timers.After(Timeout));
                }
            }
        }

        if (oldest is not null)
        {
            abort(oldest.Connection);
        }

        if (!isTaken)
        {
            abort(connection);
        }
    }

    /// <summary>Closes a connection, if it is one of these: its reply has come, or it was lost.</summary>
    public void Close(TConnection connection)
    {
        if (Remove(connection))
        {
            connection.Dispose();
        }
    }

    /// <summary>Closes all of them.</summary>
    public void Dispose()
    {
        Entry[] entries;
        lock (_lock)
        {
            _disposed = true;
            entries = [.. _entries];
            foreach (var entry in entries)
            {
                RemoveNeedsLock(entry);
            }
        }

        foreach (var entry in entries)
        {
            entry.Connection.Dispose();
        }
    }

    private bool Remove(TConnection connection)
    {
        lock (_lock)
        {
            var entry = _entries.Find(entry => entry.Connection == connection);
            if (entry is not null)
            {
                RemoveNeedsLock(entry);
            }

            return entry is not null;
        }
    }

    private void RemoveNeedsLock(Entry entry)
    {
        _entries.Remove(entry);
        timers.Cancel(entry);
        budget.Return();
    }

    private void GiveUp(TConnection connection)
    {
        if (Remove(connection))
        {
            abort(connection);
        }
    }

    private sealed class Entry(LateReplyConnections<TConnection> owner, TConnection connection) : TimerEntry
    {
        public TConnection Connection => connection;

        // Closing a socket may take its time.
        protected override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(
            static entry => entry.Owner.GiveUp(entry.Connection), (Owner: owner, Connection: connection), preferLocal: false);
    }
}
