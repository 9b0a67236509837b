using System.Globalization;
using System.Net.Sockets;
using NetMQ;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// The thread that owns all NetMQ sockets of the worker: a NetMQ socket belongs to one thread for its whole life. It selects on the pipe from
/// the exporter, and only on those sockets that something is awaited on, because NetMQ's selector looks at every one at each wake-up.
/// </summary>
/// <param name="input">The pipe from the exporter, which poll(2) can wait for as for a socket.</param>
/// <param name="output">The pipe to it.</param>
/// <param name="mostSockets">How many it may have.</param>
internal sealed class WorkerLoop(Socket input, WorkerOutput output, int mostSockets)
{
    private const int Lateness = 200; // ms, that no select has by itself

    private readonly FrameReader _frames = new();
    private readonly NetMQSelector _selector = new();
    private readonly Dictionary<uint, WorkerSocket> _sockets = [];
    private readonly HashSet<WorkerSocket> _watched = [];
    private readonly MemoryWatch _memory = new();
    private readonly LookPace _pace = new(Environment.TickCount64);
    private NetMQSelector.Item[] _items = new NetMQSelector.Item[64];

    /// <summary>Runs until the exporter closes the pipe, or is gone.</summary>
    public void Run()
    {
        _items[0] = new NetMQSelector.Item(input, PollEvents.PollIn);
        var turn = Environment.TickCount64;
        do
        {
            output.Flush();
            var longest = Select();
            if (Environment.TickCount64 - turn > longest + Lateness)
            {
                IoThread.OnLate();
            }

            turn = Environment.TickCount64;
        }
        while (TryServe());
    }

    private int Select()
    {
        var count = 1;
        _watched.RemoveWhere(static socket => !socket.Awaits);
        var scope = _watched.Count == 0 ? LookScope.All : LookScope.Watched;
        if (_items.Length < 1 + (2 * _watched.Count))
        {
            Array.Resize(ref _items, Math.Max(_items.Length * 2, 1 + (2 * _watched.Count)));
        }

        foreach (var socket in _watched)
        {
            _items[count++] = socket.SocketItem;
            if (!socket.IsConnected)
            {
                _items[count++] = socket.MonitorItem;
            }

            scope = socket.IsAsked ? LookScope.Asked : scope;
        }

        var longest = LookPace.Period(scope);
        _selector.Select(_items, count, longest);
        return longest;
    }

    private bool TryServe()
    {
        var found = Timestamp.Now(TimeProvider.System);
        var hasInput = _items[0].ResultEvent.HasFlag(PollEvents.PollIn);
        _items[0].ResultEvent = PollEvents.None;
        foreach (var socket in _watched)
        {
            if (socket.TakeReady(found))
            {
                Serve(socket);
            }
        }

        if (hasInput && !TryRead())
        {
            return false;
        }

        LookAround();
        return true;
    }

    private bool TryRead()
    {
        var count = input.Receive(_frames.Room());
        _frames.Advance(count);
        while (_frames.TryRead(out var kind, out var id, out var fields))
        {
            if (kind == FrameKind.Open)
            {
                Open(id, fields);
            }
            else if (_sockets.TryGetValue(id, out var socket)) // one that was lost a moment ago is not known any more
            {
                Serve(socket, kind, fields);
            }
        }

        Thread.Yield(); // to NetMQ's threads, which send what that was
        return count > 0;
    }

    private void Open(uint id, FrameFields fields)
    {
        if (_sockets.Count >= mostSockets)
        {
            output.Lost(id, new ZmtpError(ZmtpErrorCode.Local, string.Create(
                CultureInfo.InvariantCulture,
                $"the NetMQ worker has no file descriptors left for another connection: {_sockets.Count} are open, of {NetMqLimits.Descriptors} each; raise the limit (ulimit -n, LimitNOFILE)")));
            return;
        }

        try
        {
            var socket = new WorkerSocket(id, fields, output);
            _sockets.Add(id, socket);
            _watched.Add(socket);
        }
#pragma warning disable CA1031 // NetMQ throws many types: the others go on.
        catch (Exception exception)
        {
            output.Lost(id, NetMqFailure.Of(exception));
        }
#pragma warning restore CA1031
    }

    private void LookAround()
    {
        var now = Environment.TickCount64;
        if (_pace.TakeDue(now) is not { } due)
        {
            return;
        }

        var excess = _memory.Excess(now);
        IEnumerable<WorkerSocket> looked = due == LookScope.All || excess > 0 ? _sockets.Values
            : due == LookScope.Watched ? _watched
            : _watched.Where(static socket => socket.IsAsked);
        foreach (var socket in looked.ToArray())
        {
            if (socket.IsFlooded())
            {
                EndFlood(socket, isTooLarge: true);
            }
            else
            {
                Serve(socket);
            }
        }

        foreach (var socket in MemoryWatch.Heaviest([.. _sockets.Values], socket => socket.Flood.Pending, excess))
        {
            EndFlood(socket, socket.Flood.IsHeavy); // who may as well be in the middle of a large message that is allowed is not to blame
        }
    }

    private void EndFlood(WorkerSocket socket, bool isTooLarge)
    {
        socket.End(isTooLarge
            ? new ZmtpError(ZmtpErrorCode.TooLarge, "the peer sends a message that does not end")
            : new ZmtpError(ZmtpErrorCode.Local, "the NetMQ worker process is short of memory"));
        Forget(socket);
    }

    private void Serve(WorkerSocket socket, FrameKind? kind = null, FrameFields fields = default)
    {
        try
        {
            if (kind is { } asked)
            {
                socket.Do(asked, fields);
            }
            else if (!socket.IsOver)
            {
                socket.Look();
            }
        }
#pragma warning disable CA1031 // One socket's bug must not stop all the others.
        catch (Exception exception) when (exception is not (IOException or InvalidDataException))
        {
            output.Begin(FrameKind.Fault, socket.Id).Text(exception.ToString()).End();
            socket.End(NetMqFailure.Of(exception));
        }
#pragma warning restore CA1031

        if (socket.IsOver)
        {
            Forget(socket);
        }
        else if (socket.Awaits)
        {
            _watched.Add(socket);
        }
    }

    private void Forget(WorkerSocket socket)
    {
        if (_sockets.Remove(socket.Id))
        {
            socket.Dispose();
        }
    }
}
