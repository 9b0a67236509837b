using System.Globalization;
using System.Net.Sockets;
using NetMQ;
using NetMQ.Monitoring;
using NetMQ.Sockets;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.Messaging.NetMq.Framing;
using Zmtp;

namespace ZmqExporter.NetMqWorker;

/// <summary>
/// One NetMQ socket with its monitor and one TCP connection. It is never used again after a loss: NetMQ would connect again to the same
/// address, at a pace that never slows down. Belongs to the thread of the loop.
/// </summary>
internal sealed partial class WorkerSocket : IDisposable
{
    private const int MaxFrames = 1024;
    private const int UsualMessageSize = 1 << 20;
    private const int SendHighWatermark = 32;
    private const int HighWatermark = 4; // more would only wait: nobody reads them before the next probe
    private const int LeastWatermark = 2;

    // A publisher may have larger messages, and more of them; they are read all the time. NetMQ drops none at its mark: it stops to read
    // the connection, so that TCP holds the publisher back. A higher mark received no more of a flood, and lets in more of large messages.
    private const int MaxPublicationSize = 16 << 20;
    private const int PublicationHighWatermark = 64;

    private const int LongestHeader = 9; // of a frame
    private const int ReadAhead = 64 << 10;

    private const int MaxEvents = 64;

    // We never want NetMQ to connect again by itself, and its own word for never (-1) ends its I/O thread when no descriptor is left.
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    // As a rule the engine runs before anybody knows of the connection.
    private static readonly TimeSpan EngineStart = TimeSpan.FromMilliseconds(5);

    private readonly uint _id;
    private readonly WorkerOutput _output;
    private readonly NetMQSocket _socket;
    private readonly PairSocket _pair;
    private readonly NetMQMonitor _monitor;
    private readonly int _ioThread;
    private readonly bool _isReq;
    private readonly int _maxMessageSize;
    private readonly int _highWatermark;
    private int _probe; // of the exporter, the last one that is known here
    private int _keptLength;
    private Socket? _tcp;
    private object? _engine; // once it runs: the monitor tells of the connection a moment earlier
    private bool _isEnding;
    private bool _isLost;
    private Timestamp _sentAt;
    private Timestamp _found; // the next message, while that is read

    /// <summary>Makes the socket and begins to connect it. A REQ is a DEALER that adds the delimiter.</summary>
    /// <param name="id">What the exporter calls it.</param>
    /// <param name="open">How.</param>
    /// <param name="output">Takes what happens.</param>
    /// <exception cref="NetMQException">NetMQ has no socket left, or does not like the address.</exception>
    public WorkerSocket(uint id, FrameFields open, WorkerOutput output)
    {
        _id = id;
        _output = output;
        (_probe, _ioThread) = (open.Take<int>(), open.Take<int>());
        var type = open.Take<Zmtp.SocketType>();
        IsSubscription = type == Zmtp.SocketType.Sub;
        _isReq = type == Zmtp.SocketType.Req;
        _socket = IsSubscription ? new SubscriberSocket() : new DealerSocket();
        try
        {
            var address = open.Text();
            var maxSize = open.Take<int>();
            _maxMessageSize = IsSubscription ? MaxPublicationSize : maxSize;
            _keptLength = Math.Clamp(open.Take<int>(), 0, MaxPublicationSize);

            // Publications are read as they come; replies that nobody asked for wait for the next look, as many as the high-water mark lets in.
            _highWatermark = IsSubscription ? PublicationHighWatermark
                : Math.Max(LeastWatermark, HighWatermark / Math.Max(1, _maxMessageSize / UsualMessageSize)); // what nobody asked for is as much as ever
            Flood = new FloodWatch(
                largest: _maxMessageSize + (MaxFrames * LongestHeader) + ReadAhead,
                most: IsSubscription ? 2L * MaxPublicationSize : (_highWatermark + 2L) * Math.Max(UsualMessageSize, maxSize));
            SetUp(open);
            var name = string.Create(CultureInfo.InvariantCulture, $"inproc://monitor-{id}");
            _socket.Monitor(name, SocketEvents.All);
            _pair = new PairSocket();
            _pair.Options.Linger = TimeSpan.Zero;
            _monitor = new NetMQMonitor(_pair, name);
            _monitor.EventReceived += (_, args) => OnEvent(args);
            _monitor.AttachToPoller(MonitorTap.Instance);
            SocketItem = new NetMQSelector.Item(_socket, PollEvents.PollIn);
            MonitorItem = new NetMQSelector.Item(_pair, PollEvents.PollIn);
            _socket.Connect(address);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public uint Id => _id;

    /// <summary>To select on the socket.</summary>
    public NetMQSelector.Item SocketItem { get; }

    /// <summary>To select on the monitor.</summary>
    public NetMQSelector.Item MonitorItem { get; }

    /// <summary>Whether it has ended and must be disposed: the exporter knows.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether TCP is connected, as far as the monitor has been read. Of ZMTP the monitor tells nothing.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether something is awaited on it: the loop selects on no other.</summary>
    public bool Awaits => !IsOver && (_isArmed || IsSubscription || !IsConnected || IsAsked);

    /// <summary>Whether the exporter waits for a word on a silence.</summary>
    public bool IsAsked => _look is not null;

    /// <summary>How much comes on it.</summary>
    public FloodWatch Flood { get; }

    private bool IsSubscription { get; }

    /// <summary>Whether the last select found something, which it then forgets.</summary>
    /// <param name="found">When that was. A message that was there then did not come later: what is done first is our own lateness.</param>
    public bool TakeReady(Timestamp found)
    {
        _found = SocketItem.ResultEvent != PollEvents.None ? found : Timestamp.None;
        var isReady = (SocketItem.ResultEvent | MonitorItem.ResultEvent) != PollEvents.None;
        SocketItem.ResultEvent = PollEvents.None;
        MonitorItem.ResultEvent = PollEvents.None;
        return isReady;
    }

    /// <summary>Whether a message comes in that does not end.</summary>
    public bool IsFlooded() => !IsOver && !Flood.TakeRead() && (Flood.Look(NetMqTcp.BytesTaken(_tcp), _isArmed) ?? !_socket.HasIn);

    /// <summary>Ends it, with the reason.</summary>
    public void End(ZmtpError? error, bool isUnsent = false)
    {
        IsOver = true;
        _output.Lost(_id, error, isUnsent);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        IsOver = true;
        Close(_monitor);
        Close(_pair);
        Close(_socket);
    }

    private static void Close(IDisposable? part)
    {
        try
        {
            part?.Dispose();
        }
        catch (Exception exception) when (exception is NetMQException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed already.
        }
    }

    private void SetUp(FrameFields open)
    {
        var set = _socket.Options;
        set.Linger = TimeSpan.Zero;
        set.MaxMsgSize = _maxMessageSize;
        set.SendHighWatermark = SendHighWatermark;
        set.ReceiveHighWatermark = _highWatermark;
        set.ReconnectInterval = Never;
        set.IPv4Only = false;
        set.Affinity = 1L << _ioThread;
        if (open.Bytes() is { IsEmpty: false } routingId)
        {
            set.Identity = routingId.ToArray();
        }

        if (open.Take<bool>())
        {
            set.CurveCertificate = new NetMQCertificate(open.Text(), open.Text());
            set.CurveServerKey = open.Bytes().ToArray();
        }

        for (var topics = open.Take<int>(); topics > 0; topics--)
        {
            ((SubscriberSocket)_socket).Subscribe(open.Bytes().ToArray());
        }
    }

    private void OnEvent(NetMQMonitorEventArgs args)
    {
        ConnectionEvent? happened = args.SocketEvent switch
        {
            SocketEvents.Connected => ConnectionEvent.Connected,
            SocketEvents.ConnectDelayed => ConnectionEvent.ConnectDelayed,
            SocketEvents.ConnectRetried => ConnectionEvent.ConnectRetried,
            SocketEvents.Closed => ConnectionEvent.Closed,
            SocketEvents.CloseFailed => ConnectionEvent.CloseFailed,
            SocketEvents.Disconnected => ConnectionEvent.Disconnected,
            _ => null, // the rest belongs to sockets that listen
        };
        if (happened == ConnectionEvent.Connected)
        {
            IsConnected = true;
            _tcp = args is NetMQMonitorSocketEventArgs { Socket: { } socket } ? NetMqTcp.SocketOf(socket) : null;
            NetMqTcp.SetOptions(_tcp);
        }

        // It follows every failure, whatever went before, so it is the one to go by. NetMQ tells of a loss before it hands over the
        // last messages, and of this after them.
        var isRetry = happened == ConnectionEvent.ConnectRetried;
        _isLost |= isRetry;
        _isEnding |= happened == ConnectionEvent.Disconnected;
        if (happened is { } known && !(isRetry && _isEnding))
        {
            _output.Begin(FrameKind.Event, _id).Add(known).End();
        }
    }
}
