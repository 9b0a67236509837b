using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>
/// The way from an endpoint to a TCP connection: resolves the name and tries its addresses in turn, each with its share of the
/// time that is left. Tells its <see cref="ZmtpConnection"/> once how it ended. Thread-safe.
/// </summary>
internal sealed class TcpDialer(ZmtpConnection connection, ZmtpEndpoint endpoint, ZmtpContext context, long deadline) : TimerEntry
{
    private readonly Lock _lock = new();
    private IPAddress[] _addresses = [];
    private int _next;
    private Attempt? _attempt;
    private NameResolver.Lookup? _lookup;
    private ZmtpError? _error;
    private bool _ended;

    /// <summary>Starts; the connection may be told before this returns.</summary>
    public void Start()
    {
        if (endpoint.Address is { } address)
        {
            TryAll([address]);
            return;
        }

        var lookup = context.Resolver.Resolve(endpoint.Host);
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _lookup = lookup;
            context.Timers.Schedule(this, deadline);
        }

        _ = lookup.Completion.Task.ContinueWith(
            static (task, state) => ((TcpDialer)state!).OnResolved(task),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Gives up. The connection is not told.</summary>
    public void Abandon()
    {
        Attempt? attempt;
        lock (_lock)
        {
            attempt = EndNeedsLock();
        }

        Discard(attempt);
    }

    /// <inheritdoc />
    protected internal override void OnDue(long due, long now)
    {
        Attempt? attempt;
        ZmtpError? verdict = null;
        lock (_lock)
        {
            if (_ended || (now < deadline && (_attempt is null || now < _attempt.Until)))
            {
                return; // for an attempt that has ended since; the next one has set the timer anew
            }

            if (now >= deadline)
            {
                verdict = context.StallBetween(deadline, now) ?? MoreTelling(_error, TimedOutNeedsLock());
                attempt = EndNeedsLock();
            }
            else
            {
                attempt = _attempt;
                _attempt = null;
            }
        }

        Discard(attempt);
        if (verdict is not null)
        {
            connection.OnDialFailed(verdict);
        }
        else
        {
            TryNext(SocketErrors.ConnectTimeout(attempt!.Address));
        }
    }

    /// <summary>
    /// Whether a socket is connected to itself. Connecting to a port of our own host on which nobody listens can end so, when the
    /// system picks that very port for our side: once in some ten thousand attempts, and then the server cannot start any more.
    /// </summary>
    internal static bool IsConnectedToItself(Socket socket, IPEndPoint address) => address.Equals(socket.LocalEndPoint);

    // The error of the address that came furthest: an IPv6 address that this host has no route to must not hide that the
    // server's IPv4 address refused, least of all as a fault of our own.
    private static ZmtpError MoreTelling(ZmtpError? first, ZmtpError second)
    {
        return first is not null && Weight(first) > Weight(second) ? first : second;

        static int Weight(ZmtpError error) => error.Code switch
        {
            ZmtpErrorCode.Local => 0,
            ZmtpErrorCode.Unreachable => 1,
            _ => 2,
        };
    }

    private void OnResolved(Task<IPAddress[]> lookup)
    {
        if (lookup.IsCompletedSuccessfully)
        {
            TryAll(lookup.Result);
            return;
        }

        bool isOver;
        lock (_lock)
        {
            isOver = _ended;
            EndNeedsLock();
        }

        if (!isOver)
        {
            connection.OnDialFailed(SocketErrors.OnResolve(endpoint.Host, lookup.Exception!.InnerException!));
        }
    }

    private void TryAll(IPAddress[] addresses)
    {
        lock (_lock)
        {
            _addresses = addresses;
        }

        connection.OnConnecting();
        TryNext(lastError: null);
    }

    private void TryNext(ZmtpError? lastError)
    {
        Attempt? attempt;
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _error = lastError is null ? _error : MoreTelling(_error, lastError);
            attempt = NextNeedsLock();
            if (attempt is null)
            {
                EndNeedsLock();
            }
            else
            {
                _attempt = attempt;
                context.Timers.Schedule(this, attempt.Until);
            }
        }

        if (attempt is null)
        {
            connection.OnDialFailed(_error!);
            return;
        }

        connection.RaiseEvent(ConnectionEvent.ConnectDelayed);
        attempt.Connect();
    }

    private Attempt? NextNeedsLock()
    {
        while (_next < _addresses.Length)
        {
            var address = new IPEndPoint(_addresses[_next++], endpoint.Port);
            try
            {
                // Its options are set before anybody else knows it: on a socket that is closed meanwhile, they throw.
                var socket = new Socket(address.AddressFamily, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
                return new Attempt(this, socket, address, ShareNeedsLock());
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported)
            {
                _error = MoreTelling(_error, SocketErrors.NoSuchFamily(address));
            }
            catch (SocketException exception)
            {
                // We could not even ask: what the other addresses said does not matter.
                _error = SocketErrors.Local(exception.SocketErrorCode, "making a socket");
                return null;
            }
        }

        return null;
    }

    private long ShareNeedsLock()
    {
        var now = context.Timers.Time.GetTimestamp();
        return now + (Math.Max(0, deadline - now) / (_addresses.Length - _next + 1));
    }

    private void OnEnded(Attempt attempt, SocketError error)
    {
        lock (_lock)
        {
            if (attempt != _attempt)
            {
                return; // given up, and its socket is closed
            }

            _attempt = null;
            if (error == SocketError.Success && IsConnectedToItself(attempt.Socket, attempt.Address))
            {
                error = SocketError.ConnectionRefused;
            }

            if (error == SocketError.Success)
            {
                EndNeedsLock();
            }
        }

        if (error == SocketError.Success)
        {
            connection.OnConnected(attempt.Socket);
            return;
        }

        Discard(attempt);
        TryNext(SocketErrors.OnConnect(error, attempt.Address));
    }

    private ZmtpError TimedOutNeedsLock()
    {
        if (_next > 0)
        {
            return SocketErrors.ConnectTimeout(new IPEndPoint(_addresses[_next - 1], endpoint.Port));
        }

        return _lookup is { HasStarted: true }
            ? new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {endpoint.Host} in time")
            : new ZmtpError(ZmtpErrorCode.Local, $"{endpoint.Host} could not be looked up: every resolver thread waits for other names");
    }

    private Attempt? EndNeedsLock()
    {
        _ended = true;
        context.Timers.Cancel(this);
        var attempt = _attempt;
        _attempt = null;
        return attempt;
    }

    private void Discard(Attempt? attempt)
    {
        if (attempt is not null)
        {
            attempt.Socket.Dispose();
            connection.RaiseEvent(ConnectionEvent.Closed);
        }
    }

    /// <summary>One connect to one address.</summary>
    private sealed class Attempt : SocketAsyncEventArgs
    {
        private readonly TcpDialer _dialer;

        public Attempt(TcpDialer dialer, Socket socket, IPEndPoint address, long until)
            : base(true)
        {
            _dialer = dialer;
            Socket = socket;
            Address = address;
            Until = until;
        }

        public Socket Socket { get; }

        public IPEndPoint Address { get; }

        public long Until { get; }

        public void Connect()
        {
            RemoteEndPoint = Address;
            bool isPending;
            try
            {
                isPending = Socket.ConnectAsync(this);
            }
            catch (ObjectDisposedException)
            {
                Dispose();
                return; // given up before it began
            }
            catch (SocketException exception)
            {
                End(exception.SocketErrorCode);
                return;
            }

            if (!isPending)
            {
                End(SocketError);
            }
        }

        protected override void OnCompleted(SocketAsyncEventArgs e) => End(SocketError);

        private void End(SocketError error)
        {
            _dialer.OnEnded(this, error);
            Dispose();
        }
    }
}
