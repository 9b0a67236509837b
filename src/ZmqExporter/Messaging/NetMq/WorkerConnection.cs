using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A connection that a worker has for a link. What comes on it is told by the thread that reads from the worker; the rest is thread-safe.</summary>
/// <param name="route">The worker, and where in it.</param>
/// <param name="id">What it is called there.</param>
/// <param name="link">Whose it is.</param>
internal sealed class WorkerConnection(WorkerRoute route, uint id, NetMqLink link) : IDisposable
{
    private volatile bool _isConnected;
    private volatile bool _isOver;
    private Timestamp _openedAt;
    private Timestamp _ended;
    private int _frame; // of the publication that is coming in

    public WorkerRoute Route => route;

    public uint Id => id;

    public Suspect Server => link.Server;

    /// <summary>Whether messages may be sent on it.</summary>
    public bool IsUsable => _isConnected && !_isOver && !IsClosed;

    /// <summary>When TCP connected.</summary>
    public Timestamp OpenedAt
    {
        get => Timestamp.VolatileRead(ref _openedAt);
        set => Timestamp.VolatileWrite(ref _openedAt, value);
    }

    /// <summary>Whether a message came on it.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>Whether it is only kept for a late reply, so that nothing else of it counts.</summary>
    public bool IsLeft { get; set; }

    /// <summary>Why it ended or we closed it, where NetMQ, the worker or the link tells.</summary>
    public ZmtpError? Error { get; set; }

    /// <summary>Ends with true when TCP connects, with false when that fails. What follows runs on the thread that reads.</summary>
    public TaskCompletionSource<bool> Settled { get; } = new();

    /// <summary>Sends a message; the answer carries the number of the probe. What has come before the first one of a probe is not awaited.</summary>
    public void Send(ZmtpMessage message, int probe, bool isFirst) =>
        route.Worker.Write((id, probe, isFirst, message), static (frames, call) =>
            frames.Begin(FrameKind.Send, call.id).Add(call.probe).Add(call.isFirst).Message(call.message));

    /// <summary>Asks for something: to look with the number of a wait, to await with that of a probe, all others without one.</summary>
    public void Ask(FrameKind kind, int number = 0)
    {
        route.Worker.Write((kind, id, number), static (frames, call) => frames.Begin(call.kind, call.id).Add(call.number));
        if (kind == FrameKind.Look)
        {
            route.Worker.Expect();
        }
    }

    /// <summary>Writes what the worker needs to make it.</summary>
    public void WriteOpen(FrameBuffer frames, LinkOptions options, string address, int probe)
    {
        frames.Begin(FrameKind.Open, id)
            .Add(probe).Add(route.IoThread).Add(options.SocketType).Text(address)
            .Add(options.MaxMessageSize).Add(link.KeptLength).Bytes(options.RoutingId.AsSpan())
            .Add(options.Security.CurveKeys is not null);
        if (options.Security.CurveKeys is { } curve)
        {
            frames.Text(curve.Client.ExportSecretKey()).Text(curve.Client.PublicKey.ToString()).Bytes(curve.Server.Bytes);
        }

        frames.Add(options.Topics.Length);
        foreach (var topic in options.Topics)
        {
            frames.Bytes(topic.AsSpan());
        }
    }

    /// <summary>Whether it has ended.</summary>
    public bool IsOver => _isOver;

    /// <summary>Whether it ended so long ago that nothing of it can be in flight any more.</summary>
    public bool IsForgotten(Timestamp now) => _isOver && now - _ended >= Suspect.Memory;

    /// <summary>Takes a frame.</summary>
    public void OnFrame(FrameKind kind, FrameFields fields)
    {
        switch (kind)
        {
            case FrameKind.Event:
                var happened = fields.Take<ConnectionEvent>();
                link.OnEvent(this, happened);
                if (happened == ConnectionEvent.Connected)
                {
                    (OpenedAt, _isConnected) = (link.Workers.Context.Timers.Now, true);
                    Settled.TrySetResult(true);
                }

                break;
            case FrameKind.Message:
                HasHeard = true;
                var (isStale, probe) = (fields.Take<bool>(), fields.Take<int>());
                var (sent, received) = (fields.Take<Timestamp>(), fields.Take<Timestamp>());
                link.OnMessage(this, fields.Message(), isStale ? null : probe, sent, received);
                break;
            case FrameKind.Publication:
                HasHeard = true;
                var (isLast, length) = (fields.Take<bool>(), fields.Take<int>());
                link.OnFrame(this, _frame, fields.Bytes(), length, isLast);
                _frame = isLast ? 0 : _frame + 1;
                break;
            case FrameKind.PublicationsRead:
                link.OnFramesRead(this, fields.Take<Timestamp>());
                break;
            case FrameKind.Looked:
                link.OnLooked((short)fields.Take<int>());
                break;
            case FrameKind.Lost:
                var (isUnsent, hasError) = (fields.Take<bool>(), fields.Take<bool>());
                var error = new ZmtpError(fields.Take<ZmtpErrorCode>(), fields.Text()) { IsMessageSize = fields.Take<bool>() };
                End(hasError ? error : null, isUnsent);
                break;
            default:
                throw new InvalidDataException($"a frame of kind {kind}");
        }
    }

    /// <summary>Whether we have closed it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Has the worker close it; what has come on it is handed over before.</summary>
    public void Dispose()
    {
        if (!IsClosed)
        {
            IsClosed = true;
            Ask(FrameKind.Close);
        }
    }

    /// <summary>It has ended; without an error when NetMQ does not explain why, and perhaps just when a message was to go out.</summary>
    public void End(ZmtpError? error, bool isUnsent = false)
    {
        Error = error ?? Error;
        (_ended, _isOver) = (link.Workers.Context.Timers.Now, true);
        link.OnLost(this, isUnsent);
        Settled.TrySetResult(false);
    }
}

/// <summary>A place for a connection.</summary>
/// <param name="Worker">The process.</param>
/// <param name="IoThread">The number of NetMQ's I/O thread in it.</param>
internal readonly record struct WorkerRoute(WorkerProcess Worker, int IoThread);
