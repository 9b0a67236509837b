using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A connection that a worker has for a link. What comes on it is told by the thread that reads from the worker; the rest is thread-safe.</summary>
/// <param name="route">The worker, and where in it.</param>
/// <param name="id">What it is called there.</param>
/// <param name="link">Whose it is.</param>
internal sealed class WorkerConnection(WorkerRoute route, uint id, NetMqLink link)
{
    private volatile bool _isConnected;
    private volatile bool _isOver;
    private int _frame; // of the publication that is coming in

    /// <summary>Where it is.</summary>
    public WorkerRoute Route => route;

    /// <summary>What it is called there.</summary>
    public uint Id => id;

    /// <summary>Where it leads.</summary>
    public Suspect Server => link.Server;

    /// <summary>Whether the worker has said anything of it.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>Whether messages may be sent on it.</summary>
    public bool IsUsable => _isConnected && !_isOver;

    /// <summary>Whether a message came on it.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>Why it ended, where NetMQ or the worker tells.</summary>
    public ZmtpError? Error { get; private set; }

    /// <summary>Ends with true when TCP connects, with false when that fails. What follows runs on the thread that reads.</summary>
    public TaskCompletionSource<bool> Settled { get; } = new();

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="probe">The number of the probe, which the answer carries.</param>
    /// <param name="isFirst">Whether it is the first of its probe: what has come before is not awaited.</param>
    public void Send(ZmtpMessage message, int probe, bool isFirst) =>
        route.Worker.Write((Id: id, Message: message, Probe: probe, IsFirst: isFirst), static (frames, call) =>
            frames.Begin(FrameKind.Send, call.Id).Number(call.Probe).Flag(call.IsFirst).Message(call.Message).End());

    /// <summary>Asks for something: to look with the number of a wait, to await with that of a probe, all others without one.</summary>
    public void Ask(FrameKind kind, int number = 0)
    {
        route.Worker.Write((Id: id, Kind: kind, Number: number), static (frames, call) =>
            frames.Begin(call.Kind, call.Id).Number(call.Number).End());
        if (kind == FrameKind.Look)
        {
            route.Worker.Expect();
        }
    }

    /// <summary>Writes what the worker needs to make it.</summary>
    public void WriteOpen(FrameBuffer frames, LinkOptions options, string address, uint replaced, int probe)
    {
        frames.Begin(FrameKind.Open, id)
            .Number((int)replaced).Number(probe).Byte((byte)route.IoThread).Byte((byte)options.SocketType).Text(address)
            .Number(options.MaxMessageSize).Bytes(options.RoutingId.AsSpan())
            .Flag(options.Security.CurveKeys is not null);
        if (options.Security.CurveKeys is { } curve)
        {
            frames.Text(curve.Client.ExportSecretKey()).Text(curve.Client.PublicKey.ToString()).Bytes(curve.Server.Bytes);
        }

        frames.Number(options.Topics.Length);
        foreach (var topic in options.Topics)
        {
            frames.Bytes(topic.AsSpan());
        }

        frames.Number(link.KeptLengths.Length);
        foreach (var length in link.KeptLengths)
        {
            frames.Number(length);
        }

        frames.End();
    }

    /// <summary>Takes a frame.</summary>
    /// <returns>Whether others may follow.</returns>
    public bool OnFrame(FrameKind kind, FrameFields fields)
    {
        IsKnown = true;
        switch (kind)
        {
            case FrameKind.Event:
                var happened = (ConnectionEvent)fields.Byte();
                _isConnected |= happened == ConnectionEvent.Connected;
                link.OnEvent(this, happened);
                if (happened == ConnectionEvent.Connected)
                {
                    Settled.TrySetResult(true);
                }

                return true;
            case FrameKind.Message:
                HasHeard = true;
                var (isStale, probe) = (fields.Flag(), fields.Number());
                var (sent, received) = (fields.Time(), fields.Time());
                link.OnMessage(this, fields.Message(), isStale ? null : probe, sent, received);
                return true;
            case FrameKind.Publication:
                HasHeard = true;
                OnPublication(fields);
                return true;
            case FrameKind.Looked:
                link.OnLooked((short)fields.Number());
                return true;
            case FrameKind.Lost:
                var isUnsent = fields.Flag();
                var hasError = fields.Flag();
                var error = new ZmtpError((ZmtpErrorCode)fields.Byte(), fields.Text()) { IsMessageSize = fields.Flag() };
                End(hasError ? error : null, isUnsent);
                return false;
            case FrameKind.Closed:
                return false;
            default:
                throw new InvalidDataException($"a frame of kind {kind}");
        }
    }

    /// <summary>It has ended.</summary>
    /// <param name="error">Why; null for a loss that NetMQ does not explain.</param>
    /// <param name="isUnsent">Whether a message was to go out just then.</param>
    public void End(ZmtpError? error, bool isUnsent = false)
    {
        Error = error;
        _isOver = true;
        link.OnLost(this, isUnsent);
        Settled.TrySetResult(false);
    }

    private void OnPublication(FrameFields fields)
    {
        var received = fields.Time();
        while (!fields.IsEmpty)
        {
            var isLast = fields.Flag();
            var length = fields.Number();
            link.OnFrame(this, _frame, fields.Bytes(), length, isLast);
            _frame = isLast ? 0 : _frame + 1;
        }

        link.OnFramesRead(this, received);
    }
}

/// <summary>A place for a connection.</summary>
/// <param name="Worker">The process.</param>
/// <param name="IoThread">The number of NetMQ's I/O thread in it.</param>
internal readonly record struct WorkerRoute(WorkerProcess Worker, int IoThread);
