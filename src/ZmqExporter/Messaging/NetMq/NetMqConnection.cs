using System.Globalization;
using System.Net;
using AsyncIO;
using NetMQ;
using NetMQ.Monitoring;
using NetMQ.Sockets;
using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>
/// One NetMQ socket with its monitor and one TCP connection. It is never used again after a loss: NetMQ would connect again to the same
/// address, at a pace that never slows down. Belongs to the thread of its worker.
/// </summary>
internal sealed class NetMqConnection : IDisposable
{
    /// <summary>File descriptors of a connection: two for the mailbox of each of three sockets, one for TCP.</summary>
    public const int Descriptors = 7;

    /// <summary>NetMQ sockets of a connection: its own, and both ends of its monitor.</summary>
    public const int Sockets = 3;

    private const int MaxFrames = 1024;
    private const int MaxMessageSize = 1 << 20;
    private const int HighWatermark = 32;

    // A publisher may have larger messages, and more of them; they are read all the time. NetMQ drops none at its mark: it stops to read
    // the connection, so that TCP holds the publisher back. A higher mark received no more of a flood, and lets in more of large messages.
    private const int MaxPublicationSize = 16 << 20;
    private const int PublicationHighWatermark = 64;

    private const int MaxEvents = 64;
    private const long Unknown = -1;

    // We never want NetMQ to connect again by itself, and its own word for never (-1) ends its I/O thread when no descriptor is left.
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    // As a rule the engine runs before anybody knows of the connection.
    private static readonly TimeSpan EngineStart = TimeSpan.FromMilliseconds(5);

    private static long _lastName;

    private readonly NetMqWorker _worker;
    private readonly DescriptorBudget _descriptors;
    private readonly NetMQSocket _socket;
    private readonly PairSocket _pair;
    private readonly NetMQMonitor _monitor;
    private readonly bool _isReq;
    private readonly int _maxMessageSize;
    private readonly long _floodSize;
    private AsyncSocket? _tcp;
    private object? _engine; // once it runs: the monitor tells of the connection a moment earlier
    private bool _isEnding;
    private bool _heardSinceCheck;
    private long _received;
    private bool _disposed;

    private NetMqConnection(
        LinkOptions options, int ioThread, NetMqWorker worker, IConnectionOwner owner, DescriptorBudget descriptors)
    {
        _worker = worker;
        _descriptors = descriptors;
        Owner = owner;
        _isReq = options.SocketType == SocketType.Req;
        _maxMessageSize = options.SocketType == SocketType.Sub ? MaxPublicationSize : MaxMessageSize;

        // Publications are read as they come; replies that nobody asked for wait for the next probe, as many as the high-water mark lets in.
        _floodSize = (options.SocketType == SocketType.Sub ? 2L : HighWatermark + 2L) * _maxMessageSize;
        _socket = options.SocketType == SocketType.Sub ? new SubscriberSocket() : new DealerSocket();
        try
        {
            SetUp(options, ioThread);
            var name = string.Create(CultureInfo.InvariantCulture, $"inproc://monitor-{Interlocked.Increment(ref _lastName)}");
            _socket.Monitor(name, SocketEvents.All);
            _pair = new PairSocket();
            _pair.Options.Linger = TimeSpan.Zero;
            _monitor = new NetMQMonitor(_pair, name);
            Subscribe();
            _monitor.AttachToPoller(MonitorTap.Instance);
        }
        catch
        {
            _pair?.Dispose();
            _socket.Dispose();
            throw;
        }

        SocketItem = new NetMQSelector.Item(_socket, PollEvents.PollIn);
        MonitorItem = new NetMQSelector.Item(_pair, PollEvents.PollIn);
        worker.Own(this);
    }

    /// <summary>Whose it is.</summary>
    public IConnectionOwner Owner { get; }

    /// <summary>To select on the socket.</summary>
    public NetMQSelector.Item SocketItem { get; }

    /// <summary>To select on the monitor.</summary>
    public NetMQSelector.Item MonitorItem { get; }

    /// <summary>Whether the worker selects on it.</summary>
    public bool IsWatched { get; set; }

    /// <summary>Whether TCP is connected, as far as the monitor has been read. Of ZMTP the monitor tells nothing.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Whether the connection was lost or could not be made.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Why NetMQ closed the lost connection by itself; null when it did not, or when it cannot be told.</summary>
    public ZmtpError? Refused => IsLost && _engine is { } engine ? RefusedFrame.ErrorOf(engine, _maxMessageSize) : null;

    /// <summary>Whether a message came on it.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>The thread that it belongs to.</summary>
    public NetMqWorker Worker => _worker;

    /// <summary>Ends with true when TCP connects, with false when that fails.</summary>
    public TaskCompletionSource<bool> Settled { get; } = new(); // what follows runs on the worker's thread

    /// <summary>Makes the socket. <see cref="Connect"/> comes next.</summary>
    /// <param name="options">How it is set up: a REQ is a DEALER that adds the delimiter.</param>
    /// <param name="ioThread">Number of the I/O thread that serves it.</param>
    /// <param name="worker">The thread that it belongs to: the caller's.</param>
    /// <param name="owner">Is notified of what happens.</param>
    /// <param name="descriptors">Where the caller has taken <see cref="Descriptors"/>: NetMQ must never find that there are none. They go back
    /// with the connection, or when this throws.</param>
    /// <exception cref="NetMQException">NetMQ has no socket left.</exception>
    public static NetMqConnection Open(
        LinkOptions options, int ioThread, NetMqWorker worker, IConnectionOwner owner, DescriptorBudget descriptors)
    {
        try
        {
            return new NetMqConnection(options, ioThread, worker, owner, descriptors);
        }
        catch
        {
            descriptors.Return(Descriptors);
            throw;
        }
    }

    /// <summary>Starts to connect.</summary>
    /// <exception cref="NetMQException">NetMQ does not like the address.</exception>
    public void Connect(IPEndPoint address) => _socket.Connect($"tcp://{address}");

    /// <summary>Sends a message, with the delimiter when this is a REQ.</summary>
    /// <returns>False when NetMQ does not take it: too many wait already.</returns>
    public bool TrySend(ZmtpMessage message)
    {
        if (!FindEngine())
        {
            SpinWait.SpinUntil(FindEngine, EngineStart); // nothing goes out before it runs, so that this delays nothing
        }

        if (_isReq && !TrySendFrame([], more: true))
        {
            return false;
        }

        for (var i = 0; i < message.FrameCount; i++)
        {
            if (!TrySendFrame(message[i], more: i < message.FrameCount - 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes a message if one is there.</summary>
    /// <param name="message">The message; of a REQ without the delimiter.</param>
    /// <param name="error">What is wrong with the message that was there.</param>
    /// <returns>False when there was none, or when it was wrong.</returns>
    public bool TryReceive(out ZmtpMessage? message, out ZmtpError? error)
    {
        message = null;
        error = null;
        var assembler = new MessageAssembler(MaxFrames, MaxMessageSize, _isReq);
        var isMore = true;
        while (isMore)
        {
            if (!TryReceiveFrame(ref assembler, out isMore))
            {
                return false; // only before the first frame: NetMQ hands out whole messages
            }
        }

        HasHeard = true;
        _heardSinceCheck = true;
        return assembler.TryEnd(out message, out error);
    }

    /// <summary>Hands over the frames that are there, up to a number of messages or, a message more or less, of bytes.</summary>
    /// <returns>How many messages.</returns>
    public int ReceiveFrames(ISubscriptionObserver observer, int maxMessages, int maxBytes)
    {
        var messages = 0;
        var bytes = 0L;
        var number = 0;
        var frame = default(Msg);
        frame.InitEmpty();
        while (((messages < maxMessages && bytes < maxBytes) || number > 0) && _socket.TryReceive(ref frame, TimeSpan.Zero))
        {
            bytes += frame.Size;
            HasHeard = true;
            _heardSinceCheck = true;
            var isLast = !frame.HasMore;
            observer.OnFrame(number, frame.Slice(), frame.Size, isLast);
            number = isLast ? 0 : number + 1;
            messages += isLast ? 1 : 0;
        }

        frame.Close();
        return messages;
    }

    /// <summary>Reads the monitor: <see cref="IsConnected"/> and <see cref="IsLost"/> are up to date after this.</summary>
    public void DrainMonitor()
    {
        // HasIn first: it costs half of a poll, and as a rule there is nothing.
        for (var i = 0; i < MaxEvents && !_disposed && _pair.HasIn; i++)
        {
            _pair.Poll(TimeSpan.Zero);
        }

        FindEngine();
    }

    /// <summary>Whether the last select found something, which it then forgets.</summary>
    public bool TakeReady()
    {
        var isReady = (SocketItem.ResultEvent | MonitorItem.ResultEvent) != PollEvents.None;
        SocketItem.ResultEvent = PollEvents.None;
        MonitorItem.ResultEvent = PollEvents.None;
        return isReady;
    }

    /// <summary>Whether far more came since the last message was read than may wait to be read.</summary>
    public bool IsFlooded()
    {
        if (_tcp is null)
        {
            return false;
        }

        if (_heardSinceCheck)
        {
            _heardSinceCheck = false;
            _received = Unknown; // read at the next look: most connections never need it
            return false;
        }

        if (NetMqTcp.BytesReceived(_tcp) is not { } received)
        {
            return false;
        }

        if (_received == Unknown)
        {
            _received = received;
        }

        // Whether something whole waits says nothing: the message without an end may come after it.
        return received - _received > _floodSize;
    }

    /// <summary>Closes the connection and its sockets.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _worker.Forget(this);
        Owner.OnClosed(this);
        Close(_monitor);
        Close(_pair);
        Close(_socket);
        _descriptors.Return(Descriptors); // NetMQ's own thread closes them a moment later: who takes them next asks the kernel too
        Settled.TrySetResult(false);
    }

    /// <summary>Closes the TCP connection under a NetMQ that cannot do it any more, because its I/O thread is dead.</summary>
    public void Abandon()
    {
        try
        {
            _tcp?.Dispose();
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }

    private void Close(IDisposable part)
    {
        try
        {
            part.Dispose();
        }
        catch (Exception exception) when (exception is NetMQException or ObjectDisposedException or InvalidOperationException)
        {
            // A context that has ended has closed it.
        }
#pragma warning disable CA1031 // The others have to be closed, and the thread has others to serve.
        catch (Exception exception)
        {
            _worker.OnFault(exception);
        }
#pragma warning restore CA1031
    }

    private void SetUp(LinkOptions options, int ioThread)
    {
        var set = _socket.Options;
        set.Linger = TimeSpan.Zero;
        set.MaxMsgSize = _maxMessageSize;
        set.SendHighWatermark = HighWatermark;
        set.ReceiveHighWatermark = options.SocketType == SocketType.Sub ? PublicationHighWatermark : HighWatermark;
        set.ReconnectInterval = Never;
        set.IPv4Only = false;
        set.Affinity = 1L << ioThread;
        if (options.Security.CurveKeys is { } curve)
        {
            set.CurveCertificate = new NetMQCertificate(curve.Client.ExportSecretKey(), curve.Client.PublicKey.ToString());
            set.CurveServerKey = curve.Server.Bytes.ToArray();
        }

        foreach (var topic in options.Topics)
        {
            ((SubscriberSocket)_socket).Subscribe([.. topic]);
        }
    }

    private void Subscribe() => _monitor.EventReceived += (_, args) =>
    {
        switch (args.SocketEvent)
        {
            case SocketEvents.Connected:
                _tcp = (args as NetMQMonitorSocketEventArgs)?.Socket;
                if (_tcp is not null)
                {
                    NetMqTcp.SetOptions(_tcp);
                }

                IsConnected = true;
                Owner.OnEvent(this, ConnectionEvent.Connected);
                Settled.TrySetResult(true);
                break;
            case SocketEvents.ConnectDelayed:
                Owner.OnEvent(this, ConnectionEvent.ConnectDelayed);
                break;
            case SocketEvents.ConnectRetried:
                // It follows every failure, whatever went before, so it is the one to go by. NetMQ tells of a loss before it hands over the
                // last messages, and of this after them.
                Lose(_isEnding ? null : ConnectionEvent.ConnectRetried);
                break;
            case SocketEvents.Closed:
                Owner.OnEvent(this, ConnectionEvent.Closed);
                break;
            case SocketEvents.CloseFailed:
                Owner.OnEvent(this, ConnectionEvent.CloseFailed);
                break;
            case SocketEvents.Disconnected:
                _isEnding = true;
                IsConnected = false;
                Owner.OnEvent(this, ConnectionEvent.Disconnected);
                break;
            default:
                break; // the rest belongs to sockets that listen
        }
    };

    private void Lose(ConnectionEvent? connectionEvent)
    {
        IsConnected = false;
        IsLost = true;
        if (connectionEvent is { } happened)
        {
            Owner.OnEvent(this, happened);
        }

        Settled.TrySetResult(false);
    }

    private bool FindEngine()
    {
        if (_engine is null && IsConnected && !_disposed)
        {
            _engine = RefusedFrame.EngineOf(_socket);
        }

        return _engine is not null;
    }

    private bool TrySendFrame(ReadOnlySpan<byte> body, bool more)
    {
        var frame = default(Msg);
        frame.InitPool(body.Length);
        body.CopyTo(frame.Slice());
        var sent = _socket.TrySend(ref frame, TimeSpan.Zero, more);
        frame.Close();
        return sent;
    }

    private bool TryReceiveFrame(ref MessageAssembler assembler, out bool isMore)
    {
        var frame = default(Msg);
        frame.InitEmpty();
        isMore = false;
        if (!_socket.TryReceive(ref frame, TimeSpan.Zero))
        {
            return false;
        }

        isMore = frame.HasMore;
        assembler.Add(frame.Slice());
        frame.Close();
        return true;
    }
}
