using System.Net;
using System.Net.Sockets;
using Zmtp.Limits;
using Zmtp.Sockets;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>
/// Connects to one of some addresses as RFC 8305 ("Happy Eyeballs") has it: each gets a head start over the next one, the first to
/// connect wins, and a dead address hides no live one. Notifies its owner once of how it ended. Thread-safe.
/// </summary>
internal sealed class AddressRace(IDialOwner owner, EndPoint[] addresses, ZmtpContext context) : TimerEntry, IThreadPoolWorkItem
{
    // RFC 8305, section 5, "Connection Attempt Delay".
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    // The kernel does not queue us at a Unix socket whose backlog is full: it says so at once, and we have to ask again.
    private static readonly TimeSpan BacklogPause = TimeSpan.FromMilliseconds(50);

    // How soon to look again when the kernel knows how a connect ended and we do not yet.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<DialAttempt> _live = [];
    private readonly AddressQueue _queue = new(owner, addresses, context);
    private Timestamp _due;
    private bool _ended;

    private Timestamp Now => context.Timers.Now;

    /// <summary>Starts; the owner may be notified before this returns.</summary>
    public void Start()
    {
        try
        {
            TryNext(error: null);
        }
        catch (OutOfMemoryException)
        {
            GiveUp();
        }
    }

    /// <summary>Gives up. The owner is not notified.</summary>
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

    /// <inheritdoc />
    protected internal override void OnDue(Timestamp due, Timestamp now) => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

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

    private void Take(DialAttempt attempt, SocketError error)
    {
        DialAttempt[] losers = [];
        lock (_lock)
        {
            if (!_live.Remove(attempt))
            {
                return; // given up, and its socket is closed
            }

            if (error == SocketError.Success && attempt.WasConnectedAfter(owner.Deadline, context.Timers))
            {
                error = SocketError.TimedOut;
            }

            if (error == SocketError.Success)
            {
                losers = EndNeedsLock();
            }
            else if (error == SocketError.WouldBlock)
            {
                _queue.AskAgain(SocketErrors.OnConnect(error, attempt.Address));
                ArmNeedsLock(BacklogPause);
            }
        }

        if (error == SocketError.Success)
        {
            Discard(losers);
            owner.OnConnected(attempt);
            return;
        }

        Discard([attempt]);
        if (error != SocketError.WouldBlock)
        {
            TryNext(SocketErrors.OnConnect(error, attempt.Address));
        }
    }

    private void Proceed()
    {
        ZmtpError? verdict;
        lock (_lock)
        {
            var now = Now;
            if (_ended || now < _due)
            {
                return; // something else came first and set the timer again
            }

            if (_queue.HasNext)
            {
                owner.Lateness.Add(_due, now); // its chance is not shorter because we were late
            }

            var isOver = now >= owner.Deadline;
            if (isOver ? _live.Exists(attempt => attempt.AwaitsUs) : !_queue.HasNext)
            {
                ScheduleNeedsLock(isOver ? now + Moment : owner.Deadline);
                return;
            }

            verdict = isOver ? TimedOutNeedsLock() : null;
        }

        if (verdict is not null)
        {
            Fail(verdict);
        }
        else
        {
            TryNext(error: null);
        }
    }

    private ZmtpError TimedOutNeedsLock() => _queue.NotAsked is { } notAsked ? notAsked
        : _live.Count > 0 ? SocketErrors.MoreTelling(_queue.Error, SocketErrors.ConnectTimeout(_live[^1].Address))
        : _queue.Error!;

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

            _queue.Add(error);
            _live.EnsureCapacity(_live.Count + 1); // an attempt that has been made must not be lost
            attempt = _queue.Next(this);
            if (attempt is not null)
            {
                _live.Add(attempt);
            }

            verdict = _live.Count == 0 ? _queue.NotAsked ?? _queue.Error : null;
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
            owner.RaiseEvent(ConnectionEvent.ConnectDelayed);
            owner.Lateness.Add(now, Now);
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
        owner.OnDialFailed(verdict);
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
            owner.OnDialFailed(SocketErrors.NoMemoryToConnect); // also when it was the owner who had none, when it was notified of success
        }
        catch (OutOfMemoryException)
        {
            // Not even for that. The caller that waits for the connection has a timer of its own.
        }
    }

    private void ArmNeedsLock(TimeSpan pause)
    {
        var due = owner.Deadline;
        if (_queue.HasNext)
        {
            // However many addresses there are, each gets its chance before the deadline.
            var now = Now;
            var share = new TimeSpan(Math.Max(0, (due - now).Ticks) / (_queue.Left + (_live.Count > 0 ? 1 : 0)));
            due = now + TimeSpan.Min(pause, share);
        }

        ScheduleNeedsLock(due);
    }

    private void ScheduleNeedsLock(Timestamp due)
    {
        _due = due;
        context.Timers.Schedule(this, due);
    }

    private DialAttempt[] EndNeedsLock()
    {
        _ended = true;
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
            owner.RaiseEvent(ConnectionEvent.Closed);
        }
    }
}
