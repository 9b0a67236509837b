using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>
/// One TCP connection to a ZMTP server, from the name to the end: resolves, connects, shakes hands, then carries messages.
/// It is made once and not reused; <see cref="PersistentConnection"/> makes the next one. Thread-safe.
/// </summary>
/// <remarks>
/// Built on <see cref="SocketAsyncEventArgs"/> and not on tasks: a monitor's connections fail all the time, and a failure then
/// costs no exception. While idle it holds one descriptor, one small buffer and no timer.
/// </remarks>
public sealed class ZmtpConnection : ISessionOutput, IDisposable
{
    private readonly ZmtpEndpoint _endpoint;
    private readonly ZmtpContext _context;
    private readonly IConnectionHandler _handler;
    private readonly ZmtpSession _session;
    private readonly long _startedAt;
    private readonly int _second;
    private EstablishmentTimer? _timer;
    private ConnectionReceiver? _receiver;
    private ConnectionSender? _sender;
    private IPAddress[] _addresses = [];
    private volatile int _nextAddress;
    private long _connectStartedAt;
    private long _connectedAt;
    private long _openedAt;
    private long _closedAt;
    private int _closed;
    private bool _isConnecting;
    private volatile bool _hasHalfClosed;
    private ulong _ping;
    private FloodGuard _flood;

    private ZmtpConnection(ZmtpEndpoint endpoint, ZmtpOptions options, ZmtpContext context, IConnectionHandler handler)
    {
        _endpoint = endpoint;
        _context = context;
        _handler = handler;
        _session = new ZmtpSession(options, this);
        _startedAt = Now;
        _second = (int)Math.Min(int.MaxValue, context.Timers.Time.TimestampFrequency);
        Options = options;
    }

    /// <summary>How it behaves.</summary>
    public ZmtpOptions Options { get; }

    /// <summary>What the peer said of itself, or null before its READY.</summary>
    public PeerInfo? Peer => _session.Peer;

    /// <summary>Whether the peer's greeting came and was a valid one: a process that speaks ZMTP listens there.</summary>
    public bool HasGreeted => _session.HasGreeted;

    /// <summary>Whether the connection is over.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>How long the phases took so far.</summary>
    public ConnectionTimings Timings
    {
        get
        {
            var end = _closedAt != 0 ? _closedAt : Now;
            return new ConnectionTimings(
                _endpoint.Address is null ? Between(_startedAt, _connectStartedAt, end) : null,
                Between(_connectStartedAt, _connectedAt, end),
                Between(_connectedAt, _openedAt, end));
        }
    }

    private long Now => _context.Timers.Time.GetTimestamp();

    /// <summary>Starts to connect and returns at once; the handler is told how it goes, never from within this call's thread before it returns.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="context">Clock and resolver.</param>
    /// <param name="deadline">When the handshake has to be done, as a timestamp.</param>
    /// <param name="handler">Is told of everything.</param>
    public static ZmtpConnection Start(ZmtpEndpoint endpoint, ZmtpOptions options, ZmtpContext context, long deadline, IConnectionHandler handler)
    {
        var connection = new ZmtpConnection(endpoint, options, context, handler);
        connection._timer = new EstablishmentTimer(connection, deadline);
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Establish(), connection, preferLocal: false);
        return connection;
    }

    /// <summary>Sends a message; it is dropped when the connection is not open, as a closed one tells by <see cref="IConnectionHandler.OnClosed"/>.</summary>
    public void Send(ZmtpMessage message)
    {
        if (_session.Stage == SessionStage.Open && !IsClosed)
        {
            _session.Send(message);
        }
    }

    /// <summary>Sends a ZMTP PING, which the peer's I/O thread answers, not its application. Only the answer to the last one is told.</summary>
    public void SendPing()
    {
        if (_session.Stage == SessionStage.Open && !IsClosed)
        {
            Span<byte> context = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(context, Interlocked.Increment(ref _ping));
            _session.SendPing(context);
        }
    }

    /// <summary>Closes the connection. The handler gets the event, but no <see cref="IConnectionHandler.OnClosed"/>.</summary>
    public void Dispose() => Close(error: null);

    /// <inheritdoc />
    void ISessionOutput.Send(ReadOnlySpan<byte> bytes)
    {
        if (_sender?.Send(bytes) == false)
        {
            Close(new ZmtpError(ZmtpErrorCode.Protocol, "the peer does not read what we send: 2 MiB are waiting"));
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnOpened(PeerInfo peer)
    {
        _openedAt = Now;
        StopTimer();
        if (!IsClosed)
        {
            _handler.OnEvent(ConnectionEvent.HandshakeSucceeded);
            _handler.OnOpened(this, peer);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnMessage(ZmtpMessage message)
    {
        if (!IsClosed)
        {
            _handler.OnMessage(this, message, _receiver!.Timestamp);
        }
    }

    /// <inheritdoc />
    void ISessionOutput.OnPong(ReadOnlySpan<byte> context)
    {
        if (!IsClosed && context.Length == sizeof(ulong) && BinaryPrimitives.ReadUInt64BigEndian(context) == Interlocked.Read(ref _ping))
        {
            _handler.OnPong(this, _receiver!.Timestamp);
        }
    }

    /// <summary>Bytes came in. Called by the receiver, one call at a time.</summary>
    /// <returns>Whether to go on reading.</returns>
    internal bool OnReceived(ReadOnlySpan<byte> bytes, long timestamp)
    {
        if (IsClosed)
        {
            return false;
        }

        var error = bytes.IsEmpty
            ? EndOfStream()
            : _session.Receive(bytes) ?? _flood.OnRead(bytes.Length, timestamp, _second);
        if (error is not null)
        {
            Close(error);
        }

        return !IsClosed;
    }

    /// <summary>Reading failed. Called by the receiver.</summary>
    internal void OnReceiveFailed(SocketError error) =>
        Close(SocketErrors.OnEstablished(error, _session.Stage == SessionStage.Open ? "after the handshake" : "during the handshake"));

    /// <summary>The receiver runs no more: nobody else touches the session's buffers.</summary>
    internal void OnReceiverEnded() => _session.Release();

    /// <summary>A connect ended. Called by the receiver.</summary>
    internal void OnConnectEnded(Socket socket, IPEndPoint address, SocketError error)
    {
        if (IsClosed)
        {
            socket.Dispose();
            return;
        }

        if (error != SocketError.Success)
        {
            _isConnecting = false;
            socket.Dispose();
            _handler.OnEvent(ConnectionEvent.Closed);

            // Only our timer aborts an attempt without closing the connection: it gives the next address its share of the time.
            ConnectNext(error == SocketError.OperationAborted ? SocketErrors.ConnectTimeout(address) : SocketErrors.OnConnect(error, address));
            return;
        }

        _connectedAt = Now;
        _isConnecting = false;
        _handler.OnEvent(ConnectionEvent.Connected);
        _session.Start();
        ArmTimer();
        _receiver!.ReceiveAll();
    }

    private void Establish()
    {
        if (_endpoint.Address is { } address)
        {
            _addresses = [address];
            StartConnecting();
            return;
        }

        var lookup = _context.Resolver.Resolve(_endpoint.Host);
        if (_timer is { } timer)
        {
            timer.Lookup = lookup;
        }

        ArmTimer();
        _ = lookup.Completion.Task.ContinueWith(
            static (task, state) => ((ZmtpConnection)state!).OnResolved(task),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void OnResolved(Task<IPAddress[]> lookup)
    {
        if (lookup.IsCompletedSuccessfully)
        {
            _addresses = lookup.Result;
            StartConnecting();
        }
        else
        {
            Close(SocketErrors.OnResolve(_endpoint.Host, lookup.Exception!.InnerException!));
        }
    }

    private void StartConnecting()
    {
        _connectStartedAt = Now;
        ConnectNext(lastError: null);
    }

    private void ConnectNext(ZmtpError? lastError)
    {
        if (IsClosed)
        {
            return;
        }

        if (_nextAddress == _addresses.Length)
        {
            Close(lastError!);
            return;
        }

        var address = new IPEndPoint(_addresses[_nextAddress++], _endpoint.Port);
        Socket socket;
        try
        {
            socket = new Socket(address.AddressFamily, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        }
        catch (SocketException exception)
        {
            Close(SocketErrors.Local(exception.SocketErrorCode, "making a socket"));
            return;
        }

        var receiver = new ConnectionReceiver(this, socket, _context.Timers.Time);
        _receiver = receiver;
        _sender = new ConnectionSender(socket);
        if (IsClosed)
        {
            _sender.Close();
            return;
        }

        _isConnecting = true;
        ArmTimer();
        _handler.OnEvent(ConnectionEvent.ConnectDelayed);
        receiver.Connect(address);
    }

    private ZmtpError EndOfStream() =>
        _hasHalfClosed && !_session.HasHeard ? _session.HandshakeTimedOut() : _session.EndOfStream();

    private void Close(ZmtpError? error)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        _closedAt = Now;
        StopTimer();
        _sender?.Close();
        var hadSocket = _connectedAt != 0 || _isConnecting;
        if (error is not null && _connectedAt != 0 && _openedAt == 0)
        {
            _handler.OnEvent(ConnectionEvent.HandshakeFailed);
        }

        if (hadSocket)
        {
            _handler.OnEvent(error?.Code == ZmtpErrorCode.Disconnected ? ConnectionEvent.Disconnected : ConnectionEvent.Closed);
        }

        if (error is not null)
        {
            _handler.OnClosed(this, error);
        }
    }

    private void ArmTimer()
    {
        if (_timer is { } timer)
        {
            _context.Timers.Schedule(timer, NextStep(timer.Deadline));
            if (IsClosed)
            {
                _context.Timers.Cancel(timer);
            }
        }
    }

    private void StopTimer()
    {
        if (Interlocked.Exchange(ref _timer, null) is { } timer)
        {
            _context.Timers.Cancel(timer);
        }
    }

    private long NextStep(long deadline)
    {
        if (_connectStartedAt == 0)
        {
            return deadline;
        }

        if (_connectedAt == 0)
        {
            var now = Now;
            var addressesLeft = _addresses.Length - _nextAddress;
            return now + (Math.Max(0, deadline - now) / (addressesLeft + 1));
        }

        if (!_session.IsGreetingComplete)
        {
            return _connectedAt + Math.Min(_context.Timers.ToTicks(Options.GreetingPatience), Math.Max(0, deadline - _connectedAt) / 2);
        }

        if (_session.HasGreeted)
        {
            // The handshake is a matter of one round trip; a peer that waits for us to go first may have to wait this long.
            return _session.HasPrompted ? deadline : Math.Min(deadline, Now + _context.Timers.ToTicks(Options.GreetingPatience));
        }

        return _session.HasHeard || _hasHalfClosed ? deadline : deadline - LastWords(deadline);
    }

    /// <summary>How long before the deadline a peer that has said nothing sees the end of our stream: HTTP and other text servers then answer, and we can name them.</summary>
    private long LastWords(long deadline) =>
        Math.Clamp((deadline - _startedAt) / 10, _second / 50, _second / 10);

    private void OnTimer(EstablishmentTimer timer, long now)
    {
        if (IsClosed)
        {
            return;
        }

        if (now >= timer.Deadline)
        {
            Close(_context.StallBetween(timer.Deadline, now) ?? TimedOut(timer));
            return;
        }

        if (_connectedAt == 0)
        {
            _sender?.Close();
        }
        else if (!_session.IsGreetingComplete || _session.HasGreeted)
        {
            _session.Prompt();
        }
        else if (!_session.HasHeard)
        {
            _hasHalfClosed = true;
            _sender?.HalfClose();
        }

        ArmTimer();
    }

    private ZmtpError TimedOut(EstablishmentTimer timer)
    {
        if (_connectedAt != 0)
        {
            return _session.HandshakeTimedOut();
        }

        if (_connectStartedAt != 0)
        {
            return SocketErrors.ConnectTimeout(new IPEndPoint(_addresses[_nextAddress - 1], _endpoint.Port));
        }

        return timer.Lookup is { HasStarted: true }
            ? new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {_endpoint.Host} in time")
            : new ZmtpError(ZmtpErrorCode.Local, $"{_endpoint.Host} could not be looked up: every resolver thread waits for other names");
    }

    private TimeSpan? Between(long start, long end, long ifNotYet) =>
        start == 0 ? null : _context.Timers.Time.GetElapsedTime(start, end != 0 ? end : ifNotYet);

    /// <summary>The one timer of a connection that is being made; an open connection has none.</summary>
    private sealed class EstablishmentTimer(ZmtpConnection connection, long deadline) : TimerEntry
    {
        public long Deadline => deadline;

        public NameResolver.Lookup? Lookup { get; set; }

        protected internal override void OnDue(long due, long now) => connection.OnTimer(this, now);
    }
}
