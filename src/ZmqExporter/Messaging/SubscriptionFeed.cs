using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>
/// Hands the messages of a subscription's connections to its observer, those of one connection at a time. A renewal takes no message away and brings
/// none twice: the new connection is read beside the old one, which counts until both have brought the same message last. The first message of the new
/// one is no sign that the old one has brought all before it: they may still be in the kernel, on the way, or in the publisher. Thread-safe.
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

    private readonly Lock _turn = new(); // a connection that was replaced may still be in the middle of a call
    private readonly TopicFilter _filter = new(options.Topics);
    private FeedPosition<TConnection>? _used; // whose messages count
    private FeedPosition<TConnection>? _next; // subscribed too, and about to take its place
    private Timestamp _nextOpened;
    private TConnection? _left; // whose place was taken, to be closed
    private OverlapTimer? _overlap;
    private bool _hasGiven; // to the observer, since it heard of the end of a read
    private bool _wasLost; // the connection in use, by the peer or the network
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
    /// <param name="replaced">The one whose place it is to take, if that is still open.</param>
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
            overlaps = !_isOver && replaced is not null && replaced == _used?.Connection;
            if (overlaps)
            {
                (_next, _nextOpened) = (new FeedPosition<TConnection>(connection), timestamp);
                _next.Compare();
                _used!.Compare();
                timers.Schedule(_overlap ??= new OverlapTimer(this), timers.After(options.AttemptTimeout));
            }
            else
            {
                UseNeedsTurn(connection, timestamp, _used is null || _wasLost ? SubscriptionCause.Connected : SubscriptionCause.Renewed);
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
            if (from is null || !from.Wants(number, head, _filter))
            {
                return;
            }

            if (from == _used)
            {
                _hasGiven = true;
                observer.OnFrame(number, head, length, isLast);
            }

            if (_next is not null && from.Advance(head[..Math.Min(head.Length, KeptLength(number))], length, isLast) && _next.IsAtEndOf(_used!))
            {
                SwitchNeedsTurn();
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

    /// <summary>A connection has ended. Of two, the other one goes on.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="byUs">Whether we have closed it.</param>
    public void OnLost(TConnection connection, bool byUs = false)
    {
        lock (_turn)
        {
            if (connection == _used?.Connection || connection == _next?.Connection)
            {
                SwitchNeedsTurn();
                _wasLost |= !byUs && connection == _used!.Connection;
            }
        }

        CloseLeft();
    }

    /// <summary>No two connections are read any longer: the new one takes the place of the old one, which is closed.</summary>
    /// <param name="isOver">Whether the link is gone.</param>
    public void EndOverlap(bool isOver = false)
    {
        lock (_turn)
        {
            _isOver |= isOver;
            SwitchNeedsTurn();
        }

        CloseLeft();
    }

    private void SwitchNeedsTurn()
    {
        if (_next is not null)
        {
            _left = _used!.Connection;
            timers.Cancel(_overlap!);
            UseNeedsTurn(_next.Connection, _nextOpened, SubscriptionCause.Replaced);
        }
    }

    private void UseNeedsTurn(TConnection connection, Timestamp timestamp, SubscriptionCause cause)
    {
        (_used, _next, _wasLost) = (new FeedPosition<TConnection>(connection), null, false);
        observer.OnSubscribed(timestamp, cause);
    }

    private void CloseLeft()
    {
        if (_left is not null && Interlocked.Exchange(ref _left, null) is { } left)
        {
            close(left);
        }
    }

    private void OnOverlapDue()
    {
        TConnection? old;
        lock (_turn)
        {
            old = _next is null ? null : _used!.Connection;
        }

        if (old is not null)
        {
            finish(old, () => EndOverlap());
        }
    }

    private sealed class OverlapTimer(SubscriptionFeed<TConnection> owner) : TimerEntry
    {
        // Elsewhere: this thread must neither wait nor close a socket.
        protected override void OnDue(Timestamp due, Timestamp now) =>
            ThreadPool.UnsafeQueueUserWorkItem(static owner => owner.OnOverlapDue(), owner, preferLocal: false);
    }
}
