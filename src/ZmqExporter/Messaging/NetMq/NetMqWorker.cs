using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using NetMQ;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// A thread that owns NetMQ sockets: a NetMQ socket belongs to one thread for its whole life. It selects only on the sockets that
/// somebody awaits something on, because NetMQ's selector looks at every one that it is given, at each wake-up.
/// <see cref="Post(IWorkerItem, WorkKind, ZmtpMessage?)"/>, <see cref="Stop"/> and <see cref="Join"/> are thread-safe, the rest belongs to the thread.
/// </summary>
#pragma warning disable CA1001 // The thread disposes the signal at its end, after everything that may use it.
internal sealed class NetMqWorker
#pragma warning restore CA1001
{
    // Only a net beneath the signal, and the paces at which floods and losses are looked for.
    private const int LongestSelect = 1000;
    private const long LookPeriod = 100;

    private readonly ConcurrentQueue<Work> _work = new();
    private readonly WorkerSignal _signal = new();
    private readonly NetMQSelector _selector = new();
    private readonly List<NetMqConnection> _watched = [];
    private readonly HashSet<NetMqConnection> _connections = [];
    private readonly Action<Exception> _onFault;
    private readonly Action<NetMqWorker, Exception> _onDeath;
    private readonly Thread _thread;
    private NetMQSelector.Item[] _items;
    private long _checked = Environment.TickCount64;
    private long _checkedAll = Environment.TickCount64;
    private volatile bool _stopping;
    private volatile bool _ended;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="onFault">Told of an exception that the work for one link threw; the others go on.</param>
    /// <param name="onDeath">Told of an exception that ended the thread.</param>
    public NetMqWorker(string name, Action<Exception> onFault, Action<NetMqWorker, Exception> onDeath)
    {
        _onFault = onFault;
        _onDeath = onDeath;
        _items = new NetMQSelector.Item[64];
        _items[0] = new NetMQSelector.Item(_signal.Socket, PollEvents.PollIn);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>The connections that the end of the thread has closed, once it has ended.</summary>
    public IReadOnlyList<NetMqConnection> Closed { get; private set; } = [];

    /// <summary>Whether the caller runs on this thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Has the thread do something.</summary>
    /// <returns>False when the thread takes no more work.</returns>
    public bool Post(IWorkerItem item, WorkKind kind, ZmtpMessage? message = null) => Post(new Work(item, kind, message, null));

    /// <summary>To await: what follows runs on this thread, or never when it has ended.</summary>
    public Turn Enter() => new(this);

    /// <summary>A bug was contained.</summary>
    public void OnFault(Exception exception) => _onFault(exception);

    /// <summary>Counts a connection among those that end with the thread.</summary>
    public void Own(NetMqConnection connection) => _connections.Add(connection);

    /// <summary>A connection has been disposed.</summary>
    public void Forget(NetMqConnection connection)
    {
        _connections.Remove(connection);
        _watched.Remove(connection);
        connection.IsWatched = false;
    }

    /// <summary>Selects on a connection for as long as its owner awaits something on it.</summary>
    public void Watch(NetMqConnection connection)
    {
        if (!connection.IsWatched)
        {
            connection.IsWatched = true;
            _watched.Add(connection);
        }
    }

    /// <summary>Asks the thread to dispose its sockets and to end.</summary>
    public void Stop()
    {
        _stopping = true;
        _signal.Raise();
    }

    /// <summary>Waits for the end of the thread.</summary>
    /// <returns>False when it did not end in time.</returns>
    public bool Join(TimeSpan timeout) => IsCurrent || _thread.Join(timeout);

    private bool Post(Work work)
    {
        if (_stopping || _ended)
        {
            return false;
        }

        _work.Enqueue(work);
        if (!IsCurrent)
        {
            _signal.Raise();
        }

        return true;
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                while (!_stopping && _work.TryDequeue(out var work))
                {
                    Do(work);
                }

                if (!_stopping)
                {
                    Select();
                    LookAround();
                }
            }
        }
#pragma warning disable CA1031 // A thread's exception would end the process: its owner builds it again.
        catch (Exception exception)
        {
            _ended = true;
            _onDeath(this, exception);
        }
#pragma warning restore CA1031
        finally
        {
            _ended = true;
            DisposeConnections();
            _signal.Dispose();
        }
    }

    private void Do(in Work work)
    {
        try
        {
            if (work.Continuation is { } continuation)
            {
                continuation();
            }
            else
            {
                work.Item!.Run(this, work.Kind, work.Message);
            }
        }
#pragma warning disable CA1031 // One link's bug must not stop all the others.
        catch (Exception exception)
        {
            Fault(work.Item, exception);
        }
#pragma warning restore CA1031
    }

    private void Select()
    {
        var count = 1;
        for (var i = _watched.Count - 1; i >= 0; i--)
        {
            var connection = _watched[i];
            if (!connection.Owner.Awaits(connection))
            {
                connection.IsWatched = false;
                _watched[i] = _watched[^1];
                _watched.RemoveAt(_watched.Count - 1);
            }
        }

        if (_watched.Count == 0)
        {
            if (_work.IsEmpty)
            {
                _signal.Wait(LongestSelect);
            }

            return;
        }

        if (_items.Length < 1 + (2 * _watched.Count))
        {
            Array.Resize(ref _items, Math.Max(_items.Length * 2, 1 + (2 * _watched.Count)));
        }

        foreach (var connection in _watched)
        {
            _items[count++] = connection.SocketItem;
            if (!connection.IsConnected)
            {
                _items[count++] = connection.MonitorItem;
            }
        }

        if (_work.IsEmpty && !_selector.Select(_items, count, LookPeriod))
        {
            return;
        }

        if (_items[0].ResultEvent.HasFlag(PollEvents.PollIn))
        {
            _items[0].ResultEvent = PollEvents.None;
            _signal.Take();
        }

        // From the end, because one that is disposed meanwhile leaves the list.
        for (var i = _watched.Count - 1; i >= 0; i--)
        {
            if (i < _watched.Count && _watched[i] is { } connection && connection.TakeReady())
            {
                Serve(connection, static connection => connection.Owner.OnReady(connection));
            }
        }
    }

    // Those that somebody waits on are looked at more often: they are the ones that a server may be sending to.
    private void LookAround()
    {
        var now = Environment.TickCount64;
        if (now - _checked < LookPeriod)
        {
            return;
        }

        _checked = now;
        var all = now - _checkedAll >= LongestSelect;
        _checkedAll = all ? now : _checkedAll;
        foreach (var connection in all ? _connections.ToArray() : [.. _watched])
        {
            Serve(connection, static connection =>
            {
                if (connection.IsFlooded())
                {
                    connection.Owner.OnFlooded(connection);
                }
                else if (connection is { IsWatched: true, IsConnected: true })
                {
                    // Its monitor is not selected on: a loss may be noticed a moment later, and each reply costs half as much.
                    connection.Owner.OnReady(connection);
                }
            });
        }
    }

    private void Serve(NetMqConnection connection, Action<NetMqConnection> serve)
    {
        try
        {
            serve(connection);
        }
#pragma warning disable CA1031 // One link's bug must not stop all the others.
        catch (Exception exception)
        {
            Fault(connection.Owner, exception);
        }
#pragma warning restore CA1031
    }

    private void Fault(IWorkerItem? item, Exception exception)
    {
        // A context that ends under us is no bug of the link, but the end of this thread.
        if (exception is TerminatingException or ObjectDisposedException && _stopping)
        {
            return;
        }

        _onFault(exception);
        item?.OnFault(exception);
    }

    private void DisposeConnections()
    {
        var connections = _connections.ToArray();
        Closed = connections;
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }

    /// <summary>A turn on the thread.</summary>
    internal readonly struct Turn(NetMqWorker worker) : ICriticalNotifyCompletion
    {
        /// <summary>Whether this is the thread already.</summary>
        public bool IsCompleted => worker.IsCurrent;

        /// <summary>Is itself what is awaited.</summary>
        public Turn GetAwaiter() => this;

        /// <summary>Nothing comes of it.</summary>
        public void GetResult()
        {
        }

        /// <inheritdoc />
        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        /// <inheritdoc />
        public void UnsafeOnCompleted(Action continuation) => worker.Post(new Work(null, WorkKind.Continue, null, continuation));
    }

    private readonly record struct Work(IWorkerItem? Item, WorkKind Kind, ZmtpMessage? Message, Action? Continuation);
}
