using System.Net;
using System.Net.Sockets;

namespace Zmtp;

/// <summary>
/// The way from an endpoint to a connected socket: resolves the name and races its addresses as RFC 8305 ("Happy Eyeballs") has
/// it: each gets a head start over the next one, the first to connect wins, and a dead address hides no live one. Tells its
/// <see cref="ZmtpConnection"/> once how it ended, and moves its deadline by what was our own lateness. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // Its cancellation source has neither timer nor handle, and is cancelled when it ends.
internal sealed class Dialer(ZmtpConnection connection, ZmtpEndpoint endpoint, ZmtpContext context) : TimerEntry, IThreadPoolWorkItem
#pragma warning restore CA1001
{
    // RFC 8305, section 5, "Connection Attempt Delay".
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    // The kernel does not queue us at a Unix socket whose backlog is full: it says so at once, and we have to ask again.
    private static readonly TimeSpan BacklogPause = TimeSpan.FromMilliseconds(50);

    // How soon to look again when the kernel knows how a connect ended and we do not yet.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    // A look-up that ends in milliseconds otherwise has been held up when our timer is later than this.
    private static readonly TimeSpan LookupTolerance = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<DialAttempt> _live = [];
    private EndPoint[] _addresses = []; // none while the name is looked up
    private int _next;
    private NameResolver.Lookup? _lookup;
    private CancellationTokenSource? _resolving;
    private ZmtpError? _error;
    private ZmtpError? _notAsked; // why an address was not asked, by our own doing: then the others' errors say nothing of the server
    private long _due;
    private bool _hasResolved;
    private bool _ended;

    private long Now => context.Timers.Time.GetTimestamp();

    /// <summary>Starts; the connection may be told before this returns.</summary>
    public void Start()
    {
        try
        {
            Begin();
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    private void Begin()
    {
        connection.Lateness.Add(connection.StartedAt, Now);
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
            ScheduleNeedsLock(connection.Deadline);
        }

        _ = lookup.Completion.Task.ContinueWith(
            static (_, state) => ((Dialer)state!).OnResolved(),
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
        try
        {
            Take(attempt, error);
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
            attempt.Close(); // nobody else may know it any more
        }
    }

    private void Take(DialAttempt attempt, SocketError error)
    {
        DialAttempt[] losers = [];
        lock (_lock)
        {
            if (!_live.Remove(attempt))
            {
                return; // given up, and its socket is closed
            }

            if (error == SocketError.Success && attempt.WasConnectedAfter(connection.Deadline, context.Timers))
            {
                error = SocketError.TimedOut;
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
    protected internal override void OnDue(long due, long now) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Does what is due: not on the timer's thread, because closing a socket may take its time.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            Proceed();
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    private void Proceed()
    {
        bool isResolving;
        ZmtpError? verdict = null;
        lock (_lock)
        {
            var now = Now;
            if (_ended || now < _due)
            {
                return; // something else came first and set the timer again
            }

            isResolving = _addresses.Length == 0;
            if (isResolving)
            {
                verdict = _lookup!.Completion.Task.IsCompleted ? null : NotResolved(now);
            }
            else
            {
                var hasNext = _next < _addresses.Length;
                if (hasNext)
                {
                    connection.Lateness.Add(_due, now); // its chance is not shorter because we were late
                }

                var isOver = now >= connection.Deadline;
                if (isOver ? _live.Exists(attempt => attempt.AwaitsUs) : !hasNext)
                {
                    ScheduleNeedsLock(isOver ? now + context.Timers.ToTicks(Moment) : connection.Deadline);
                    return;
                }

                verdict = !isOver ? null
                    : _notAsked is not null ? _notAsked
                    : _live.Count > 0 ? SocketErrors.MoreTelling(_error, SocketErrors.ConnectTimeout(_live[^1].Address))
                    : _error!;
            }
        }

        if (verdict is not null)
        {
            Fail(verdict);
        }
        else if (isResolving)
        {
            OnResolved();
        }
        else
        {
            TryNext(error: null);
        }
    }

    // Whichever notices first, the task's continuation or the timer.
    private void OnResolved()
    {
        try
        {
            TakeAddresses();
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    private void TakeAddresses()
    {
        lock (_lock)
        {
            if (_ended || _hasResolved)
            {
                return;
            }

            _hasResolved = true;
        }

        var lookup = _lookup!.Completion.Task;
        var now = Now;
        var endedAt = now - context.Timers.ToTicks(_lookup.SinceEnd);
        if (!lookup.IsCompletedSuccessfully)
        {
            Fail(SocketErrors.OnResolve(endpoint.Host, lookup.Exception!.InnerException!));
        }
        else if (endedAt > connection.Deadline)
        {
            Fail(NotResolved(now));
        }
        else
        {
            connection.Lateness.Add(endedAt, now);
            TryAll(DialOrder.Of(lookup.Result, endpoint.Port));
        }
    }

    private ZmtpError NotResolved(long now)
    {
        // Its thread is one of ours: when the timer was late, the look-up may have been, and nothing proves the contrary.
        var late = now <= connection.Deadline ? TimeSpan.Zero : context.Timers.Time.GetElapsedTime(connection.Deadline, now);
        return late > LookupTolerance ? SocketErrors.LateLookup(endpoint.Host, late)
            : _lookup is { HasStarted: true } or { WasSlow: true }
                ? new ZmtpError(ZmtpErrorCode.Resolve, $"no name server answered for {endpoint.Host} in time")
                : new ZmtpError(ZmtpErrorCode.Local, $"{endpoint.Host} could not be looked up: every resolver thread waits for other names");
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
        var now = Now;
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

            verdict = _live.Count == 0 ? _notAsked ?? _error : null;
            if (verdict is null)
            {
                ArmNeedsLock(HeadStart);
            }
        }

        if (verdict is not null)
        {
            Fail(verdict);
        }
        else if (attempt is not null)
        {
            connection.RaiseEvent(ConnectionEvent.ConnectDelayed);
            connection.Lateness.Add(now, Now);
            attempt.Connect();
        }
    }

    private void Fail(ZmtpError verdict)
    {
        DialAttempt[] losers;
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            losers = EndNeedsLock();
        }

        Discard(losers);
        connection.OnDialFailed(verdict);
    }

    // There was no memory to go on. All of this runs on threads of the pool and the network, where the exception would end the process.
    private void GiveUp()
    {
        try
        {
            DialAttempt[] losers;
            lock (_lock)
            {
                losers = _ended ? [] : EndNeedsLock();
            }

            Discard(losers);
            connection.OnDialFailed(SocketErrors.OutOfMemory);
        }
        catch (OutOfMemoryException)
        {
            // Not even for that. Whoever waits for the connection has a timer of their own.
        }
    }

    private DialAttempt? NextNeedsLock()
    {
        _live.EnsureCapacity(_live.Count + 1); // an attempt that has been made must not be lost
        while (_next < _addresses.Length)
        {
            var address = _addresses[_next++];
            ConnectPass? pass = null;
            if (address is IPEndPoint tcp && (pass = context.Gate.TryEnter(tcp, connection.HeldBackSince, out var heldBack)) is null)
            {
                _notAsked ??= heldBack;
                continue;
            }

            try
            {
                var attempt = new DialAttempt(this, address, pass);
                if (context.Descriptors.TryTake())
                {
                    attempt.Open(context.Descriptors);
                    return attempt;
                }

                // We could not even ask: what the other addresses say does not matter, not even of those that still try.
                pass?.Leave();
                attempt.Dispose();
                _notAsked ??= context.Descriptors.Refusal;
                _next = _addresses.Length;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressFamilyNotSupported)
            {
                pass?.Leave();
                _error = SocketErrors.MoreTelling(_error, SocketErrors.NoSuchFamily(address));
            }
            catch (SocketException exception)
            {
                // The same, by the kernel.
                pass?.Leave();
                _notAsked ??= SocketErrors.Local(exception.SocketErrorCode, "making a socket");
                _next = _addresses.Length;
            }
            catch (OutOfMemoryException)
            {
                pass?.Leave();
                _notAsked ??= SocketErrors.OutOfMemory;
                _next = _addresses.Length;
            }
        }

        return null;
    }

    private void ArmNeedsLock(TimeSpan pause)
    {
        var due = connection.Deadline;
        if (_next < _addresses.Length)
        {
            // However many addresses there are, each gets its chance before the deadline.
            var now = Now;
            var share = Math.Max(0, due - now) / (_addresses.Length - _next + (_live.Count > 0 ? 1 : 0));
            due = now + Math.Min(context.Timers.ToTicks(pause), share);
        }

        ScheduleNeedsLock(due);
    }

    private void ScheduleNeedsLock(long due)
    {
        _due = due;
        context.Timers.Schedule(this, due);
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
            attempt.Close();
            connection.RaiseEvent(ConnectionEvent.Closed);
        }
    }
}
