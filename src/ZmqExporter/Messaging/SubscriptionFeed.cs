using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>
/// Hands the messages of a subscription's connections to its observer, those of one connection at a time. A renewal takes no message away and brings
/// none twice while both connections live and messages can be told apart: the new connection is read beside the old one, which counts until both have
/// brought the same message last. The first message of the new one is no sign that the old one has brought all before it: they may still be in the kernel,
/// on the way, or in the publisher. But an old one that brings nothing while the new one does may be dead, and is soon given up. Thread-safe.
/// </summary>
/// <typeparam name="TConnection">A connection.</typeparam>
/// <param name="options">Which messages are wanted, and for how long at most two connections are read.</param>
/// <param name="observer">Takes the messages.</param>
/// <param name="timers">The clock.</param>
/// <param name="finish">Reads what has come on a connection that is to be closed; then either the action runs, or the connection is lost.</param>
/// <param name="close">Closes a connection that another one has taken the place of.</param>
internal sealed class SubscriptionFeed<TConnection>(
    LinkOptions options, ISubscriptionObserver observer, TimerQueue timers, Action<TConnection, Action> finish, Action<TConnection> close)
    where TConnection : class
{
    private const int LeastKept = 64; // bytes of a frame, by which messages are told apart

    // What only the new connection brings meanwhile is lost, if the old one is dead; what comes later on the old one, if it is not: TCP repeats after 200 ms.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Lock _turn = new(); // a connection that was replaced may still be in the middle of a call
    private readonly TopicFilter _filter = new(options.Topics);
    private FeedPosition<TConnection>? _used; // whose messages count
    private FeedPosition<TConnection>? _next; // subscribed too, and about to take its place
    private Timestamp _nextOpened;
    private TConnection? _left; // to be closed
    private TConnection? _orphan; // the one in use, when that which was to take its place was lost
    private OverlapTimer? _overlap; // while there are two
    private bool _hasGiven; // to the observer, since it heard of the end of a read
    private SubscriptionCause _cause; // of the next connection, unless it takes the place of this one
    private bool _isOver;

    /// <summary>The connection that was made last, of those that are read; null before the first one.</summary>
    public TConnection? Newest
    {
        get
        {
            lock (_turn)
            {
                return NewestNeedsTurn;
            }
        }
    }

    private TConnection? NewestNeedsTurn => (_next ?? _used)?.Connection;

    /// <summary>How many bytes of a frame have to be at hand in <see cref="OnFrame"/>.</summary>
    public int KeptLength(int number) => Math.Max(Math.Max(LeastKept, number == 0 ? _filter.Length : 0), observer.KeptLength(number));

    /// <summary>A connection is open, and subscribed before anything can come on it. Nothing happens when that is known.</summary>
    /// <param name="connection">It.</param>
    /// <param name="timestamp">Since when.</param>
    /// <param name="replaced">The one whose place it is to take, if that is still open; null also after one that was lost before it could take a place.</param>
    /// <returns>Whether that one is in use until then, and is closed from here.</returns>
    public bool Begin(TConnection connection, Timestamp timestamp, TConnection? replaced = null)
    {
        bool overlaps;
        lock (_turn)
        {
            if (connection == NewestNeedsTurn)
            {
                return _next is not null;
            }

            SwitchNeedsTurn();
            overlaps = !_isOver && (replaced ?? _orphan) is { } old && old == _used?.Connection;
            if (overlaps)
            {
                (_next, _nextOpened, _orphan) = (new FeedPosition<TConnection>(connection), timestamp, null);
                _next.Compare();
                _used!.Compare();
                _overlap = new OverlapTimer(this, timers.After(options.AttemptTimeout));
                timers.Schedule(_overlap, _overlap.Limit);
            }
            else
            {
                LeaveOrphanNeedsTurn();
                UseNeedsTurn(connection, timestamp, _cause);
            }
        }

        CloseLeft();
        return overlaps;
    }

    /// <summary>A frame has come on a connection.</summary>
    public void OnFrame(TConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        lock (_turn)
        {
            var from = connection == _used?.Connection ? _used : connection == _next?.Connection ? _next : null;
            if (_isOver || from is null || !from.Wants(number, head, _filter))
            {
                return;
            }

            if (from == _used)
            {
                _hasGiven = true;
                observer.OnFrame(number, head, length, isLast);
            }

            if (_next is null)
            {
                return;
            }

            if (from.Advance(head[..Math.Min(head.Length, KeptLength(number))], length, isLast) && _next.IsAtEndOf(_used!))
            {
                SwitchNeedsTurn();
            }
            else
            {
                JudgeOldNeedsTurn();
            }
        }
    }

    /// <summary>Everything that had come on a connection by now has been handed over.</summary>
    /// <returns>Whether the observer was given any of it.</returns>
    public bool OnFramesRead(TConnection connection, Timestamp timestamp)
    {
        bool hasGiven;
        lock (_turn)
        {
            hasGiven = _hasGiven && (connection == _used?.Connection || connection == _left);
            if (hasGiven)
            {
                _hasGiven = false;
                observer.OnFramesRead(timestamp);
            }
        }

        CloseLeft();
        return hasGiven;
    }

    /// <summary>What the next connection is after one that ended with this.</summary>
    public static SubscriptionCause AfterLossBy(ZmtpError? error) => error is { Code: ZmtpErrorCode.Local } ? SubscriptionCause.Restored : SubscriptionCause.Connected;

    /// <summary>A connection has ended. Of two, the other one goes on; the old one until another connection takes its place.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="next">What the next connection is after that: <see cref="SubscriptionCause.Renewed"/> when we have closed it.</param>
    public void OnLost(TConnection connection, SubscriptionCause next = SubscriptionCause.Connected)
    {
        lock (_turn)
        {
            if (connection == _next?.Connection)
            {
                EndComparisonNeedsTurn();
                (_next, _orphan) = (null, _used!.Connection);
            }
            else if (connection == _used?.Connection)
            {
                SwitchNeedsTurn();
                _orphan = null;
                _cause = connection == _used.Connection ? next : _cause;
            }
        }

        CloseLeft();
    }

    /// <summary>No two connections are read any longer: the new one takes the place of the old one, which is closed, also where the new one was lost.</summary>
    /// <param name="isOver">Whether the link is gone.</param>
    public void EndOverlap(bool isOver = false)
    {
        lock (_turn)
        {
            _isOver |= isOver;
            SwitchNeedsTurn();
            LeaveOrphanNeedsTurn();
        }

        CloseLeft();
    }

    private void SwitchNeedsTurn()
    {
        if (_next is not null)
        {
            _left = _used!.Connection;
            EndComparisonNeedsTurn();
            UseNeedsTurn(_next.Connection, _nextOpened, SubscriptionCause.Replaced);
        }
    }

    private void EndComparisonNeedsTurn()
    {
        timers.Cancel(_overlap!);
        _overlap = null;
    }

    private void LeaveOrphanNeedsTurn() => (_left, _orphan) = (_orphan ?? _left, null);

    /// <summary>The old connection gets less time while the new one has brought a message and it has not, and all of it once it shows that it lives.</summary>
    private void JudgeOldNeedsTurn()
    {
        var looksDead = _next!.HasBrought && !_used!.HasMoved;
        if (looksDead == _overlap!.IsShort)
        {
            return;
        }

        _overlap.IsShort = looksDead;
        _overlap.Limit = looksDead ? Timestamp.Min(_overlap.End, timers.After(Patience)) : _overlap.End;
        timers.Schedule(_overlap, _overlap.Limit);
        if (looksDead)
        {
            observer.OnAhead(_nextOpened);
        }
    }

    private void UseNeedsTurn(TConnection connection, Timestamp timestamp, SubscriptionCause cause)
    {
        (_used, _next, _cause) = (new FeedPosition<TConnection>(connection), null, SubscriptionCause.Renewed);
        if (!_isOver)
        {
            observer.OnSubscribed(timestamp, cause);
        }
    }

    private void CloseLeft()
    {
        if (_left is not null && Interlocked.Exchange(ref _left, null) is { } left)
        {
            close(left);
        }
    }

    private void OnOverlapDue(OverlapTimer overlap)
    {
        TConnection? old;
        lock (_turn)
        {
            old = IsDueNeedsTurn(overlap) ? _used!.Connection : null;
        }

        if (old is not null)
        {
            finish(old, () => EndOverlapOf(overlap));
        }
    }

    private void EndOverlapOf(OverlapTimer overlap)
    {
        lock (_turn)
        {
            if (IsDueNeedsTurn(overlap))
            {
                SwitchNeedsTurn();
            }
        }

        CloseLeft();
    }

    // Another one may have begun meanwhile, or the old connection may have come to life.
    private bool IsDueNeedsTurn(OverlapTimer overlap) => overlap == _overlap && timers.Now >= overlap.Limit;

    private sealed class OverlapTimer(SubscriptionFeed<TConnection> owner, Timestamp end) : TimerEntry
    {
        public Timestamp End { get; } = end;

        public Timestamp Limit { get; set; } = end; // until when the old connection has time now

        public bool IsShort { get; set; }

        // Elsewhere: this thread must neither wait nor close a socket.
        protected override void OnDue(Timestamp due, Timestamp now) =>
            ThreadPool.UnsafeQueueUserWorkItem(static overlap => overlap.Run(), this, preferLocal: false);

        private void Run() => owner.OnOverlapDue(this);
    }
}
