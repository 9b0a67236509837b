using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>
/// The way from an endpoint to a connected socket: resolves the name and races its addresses as RFC 8305 ("Happy Eyeballs") has
/// it: each gets a head start over the next one, the first to connect wins, and a dead address hides no live one. Tells its
/// <see cref="ZmtpConnection"/> once how it ended. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // Its cancellation source has neither timer nor handle, and is cancelled when it ends.
internal sealed class Dialer(ZmtpConnection connection, ZmtpEndpoint endpoint, ZmtpContext context, long deadline) : TimerEntry
#pragma warning restore CA1001
{
    // RFC 8305, section 5, "Connection Attempt Delay".
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    // The kernel does not queue us at a Unix socket whose backlog is full: it says so at once, and we have to ask again.
    private static readonly TimeSpan BacklogPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly List<DialAttempt> _live = [];
    private EndPoint[] _addresses = [];
    private int _next;
    private NameResolver.Lookup? _lookup;
    private CancellationTokenSource? _resolving;
    private ZmtpError? _error;
    private bool _ended;

    /// <summary>Starts; the connection may be told before this returns.</summary>
    public void Start()
    {
        if (endpoint.SocketPath is { } path)
        {
            TryAll([path]);
            return;
        }

        if (endpoint.Address is { } address)
        {
            TryAll([new IPEndPoint(address, endpoint.Port)]);
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
            _resolving = new CancellationTokenSource();
            context.Timers.Schedule(this, deadline);
        }

        _ = lookup.Completion.Task.ContinueWith(
            static (task, state) => ((Dialer)state!).OnResolved(task),
            this,
            _resolving!.Token, // without it, every attempt that gave up would live as long as a look-up that hangs
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Gives up. The connection is not told.</summary>
    public void Abandon()
    {
        DialAttempt[] losers;
        lock (_lock)
        {
            losers = EndNeedsLock();
        }

        Discard(losers);
    }

    /// <summary>An attempt ended. Called by the attempt, once.</summary>
    public void OnEnded(DialAttempt attempt, SocketError error)
    {
        DialAttempt[] losers = [];
        lock (_lock)
        {
            if (!_live.Remove(attempt))
            {
                return; // given up, and its socket is closed
            }

            if (error == SocketError.Success)
            {
                losers = EndNeedsLock();
            }
            else if (error == SocketError.WouldBlock)
            {
                _error = SocketErrors.OnConnect(error, attempt.Address);
                _next--;
                ArmNeedsLock(BacklogPause);
            }
        }

        if (error == SocketError.Success)
        {
            Discard(losers);
            connection.OnConnected(attempt);
            return;
        }

        Discard([attempt]);
        if (error != SocketError.WouldBlock)
        {
            TryNext(SocketErrors.OnConnect(error, attempt.Address));
        }
    }

    /// <inheritdoc />
    protected internal override void OnDue(long due, long now)
    {
        if (now < deadline)
        {
            TryNext(error: null);
            return;
        }

        DialAttempt[] losers;
        ZmtpError verdict;
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            verdict = context.StallBetween(deadline, now) ?? TimedOutNeedsLock();
            losers = EndNeedsLock();
        }

        Discard(losers);
        connection.OnDialFailed(verdict);
    }

    private void OnResolved(Task<IPAddress[]> lookup)
    {
        if (lookup.IsCompletedSuccessfully)
        {
            TryAll(DialOrder.Of(lookup.Result, endpoint.Port));
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

    private void TryAll(EndPoint[] addresses)
    {
        lock (_lock)
        {
            _addresses = addresses;
        }

        connection.OnConnecting();
        TryNext(error: null);
    }

    private void TryNext(ZmtpError? error)
    {
        DialAttempt? attempt;
        ZmtpError? verdict;
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _error = error is null ? _error : SocketErrors.MoreTelling(_error, error);
            attempt = NextNeedsLock();
            if (attempt is not null)
            {
                _live.Add(attempt);
            }

            verdict = _live.Count == 0 ? _error : null;
            if (verdict is not null)
            {
                EndNeedsLock();
            }
            else
            {
                ArmNeedsLock(HeadStart);
            }
        }

        if (verdict is not null)
        {
            connection.OnDialFailed(verdict);
        }
        else if (attempt is not null)
        {
            connection.RaiseEvent(ConnectionEvent.ConnectDelayed);
            attempt.Connect();
        }
    }

    private DialAttempt? NextNeedsLock()
    {
        while (_next < _addresses.Length)
        {
            var address = _addresses[_next++];
            try
            {
                return new DialAttempt(this, address);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported)
            {
                _error = SocketErrors.MoreTelling(_error, SocketErrors.NoSuchFamily(address));
            }
            catch (SocketException exception)
            {
                // We could not even ask: what the other addresses said does not matter.
                _error = SocketErrors.Local(exception.SocketErrorCode, "making a socket");
                _next = _addresses.Length;
            }
        }

        return null;
    }

    private void ArmNeedsLock(TimeSpan pause)
    {
        var due = deadline;
        if (_next < _addresses.Length)
        {
            // However many addresses there are, each gets its chance before the deadline.
            var now = context.Timers.Time.GetTimestamp();
            var share = Math.Max(0, deadline - now) / (_addresses.Length - _next + 1);
            due = now + Math.Min(context.Timers.ToTicks(pause), share);
        }

        context.Timers.Schedule(this, due);
    }

    private ZmtpError TimedOutNeedsLock()
    {
        if (_live.Count > 0)
        {
            return SocketErrors.MoreTelling(_error, SocketErrors.ConnectTimeout(_live[^1].Address));
        }

        if (_addresses.Length > 0)
        {
            return _error!;
        }

        return _lookup is { HasStarted: true } or { WasSlow: true }
            ? new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {endpoint.Host} in time")
            : new ZmtpError(ZmtpErrorCode.Local, $"{endpoint.Host} could not be looked up: every resolver thread waits for other names");
    }

    private DialAttempt[] EndNeedsLock()
    {
        _ended = true;
        _resolving?.Cancel();
        context.Timers.Cancel(this);
        DialAttempt[] losers = [.. _live];
        _live.Clear();
        return losers;
    }

    private void Discard(DialAttempt[] attempts)
    {
        foreach (var attempt in attempts)
        {
            attempt.Socket.Dispose();
            connection.RaiseEvent(ConnectionEvent.Closed);
        }
    }
}
