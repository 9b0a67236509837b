using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>
/// A SUB over our own ZMTP client. A renewal because of age takes no message away: the old connection is read until the new one brings its
/// first message, or for as long as an attempt may take when the feed is silent.
/// </summary>
internal sealed class ZmtpSubscriptionLink : ZmtpLink, ISubscriptionLink
{
    private readonly Lock _turn = new(); // a connection that was replaced may still be in the middle of a call
    private readonly ISubscriptionObserver _observer;
    private readonly ImmutableArray<ImmutableArray<byte>> _topics;
    private readonly TimeSpan _attemptTimeout;
    private readonly TopicFilter _filter;
    private readonly TimerQueue _timers;
    private readonly OverlapTimer _overlap;
    private ZmtpConnection? _subscribed; // whose messages count
    private ZmtpConnection? _next; // subscribed too, and takes its place with its first message
    private ZmtpConnection? _left; // whose place was taken, to be closed
    private bool _isOver;
    private bool _wasLost; // the connection that was subscribed last, by the peer or the network
    private bool _isWanted; // the message that comes in
    private bool _hasWanted; // from this read

    public ZmtpSubscriptionLink(LinkOptions options, ZmtpContext context, LateReplyBudget budget, ISubscriptionObserver observer)
        : base(options, context, budget, observer)
    {
        _observer = observer;
        _attemptTimeout = options.AttemptTimeout;
        _topics = options.Topics;
        _filter = new TopicFilter(options.Topics);
        _timers = context.Timers;
        _overlap = new OverlapTimer(this);
    }

    /// <inheritdoc />
    public override void EndProbe(AfterProbe next)
    {
        base.EndProbe(next);
        if (next is AfterProbe.Close or AfterProbe.Abort or AfterProbe.KeepForLateReply)
        {
            EndOverlap(null);
            Reopen(_attemptTimeout);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        lock (_turn)
        {
            _isOver = true;
        }

        EndOverlap(null);
    }

    /// <inheritdoc />
    public override IFrameReceiver CreateReceiver(ZmtpConnection connection) => new Receiver(this, connection);

    /// <inheritdoc />
    private protected override void BeforeOpened(ZmtpConnection connection, Timestamp timestamp)
    {
        EndOverlap(null);
        lock (_turn)
        {
            var cause = _subscribed is null || _wasLost ? SubscriptionCause.Connected : SubscriptionCause.Renewed;
            BeginNeedsTurn(connection, timestamp, cause);
        }

        Subscribe(connection);
    }

    /// <inheritdoc />
    private protected override bool Replace(ZmtpConnection? replaced, ZmtpConnection taken)
    {
        EndOverlap(null);
        bool overlaps;
        lock (_turn)
        {
            overlaps = !_isOver && replaced is { IsClosed: false } && replaced == _subscribed;
            if (overlaps)
            {
                _next = taken;
                _timers.Schedule(_overlap, _timers.After(_attemptTimeout));
            }
        }

        if (!overlaps)
        {
            return base.Replace(replaced, taken);
        }

        Subscribe(taken);
        return false;
    }

    /// <inheritdoc />
    private protected override void AfterLoss(ZmtpConnection connection)
    {
        EndOverlap(connection);
        lock (_turn)
        {
            _wasLost |= connection == _subscribed;
        }
    }

    private int KeptLength(int number) => number == 0 ? Math.Max(_filter.Length, _observer.KeptLength(0)) : _observer.KeptLength(number);

    private void OnFrame(ZmtpConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        lock (_turn)
        {
            if (connection == _next && number == 0 && _filter.Matches(head))
            {
                SwitchNeedsTurn();
            }

            if (connection != _subscribed)
            {
                return;
            }

            _isWanted = number == 0 ? _filter.Matches(head) : _isWanted;
            if (_isWanted)
            {
                _hasWanted = true;
                _observer.OnFrame(number, head, length, isLast);
            }
        }
    }

    private void OnFramesRead(ZmtpConnection connection, Timestamp timestamp)
    {
        ZmtpConnection? used;
        ZmtpConnection? left;
        lock (_turn)
        {
            if (connection != _subscribed || !_hasWanted)
            {
                return;
            }

            _hasWanted = false;
            _observer.OnFramesRead(timestamp);
            used = _next ?? connection;
            left = _left;
            _left = null;
        }

        if (left is not null)
        {
            _timers.Cancel(_overlap);
            left.Dispose();
        }

        Wake(used, timestamp);
    }

    private void Subscribe(ZmtpConnection connection)
    {
        foreach (var topic in _topics)
        {
            connection.Subscribe(topic.AsSpan());
        }
    }

    /// <summary>If a new connection is on the way to take the place of the old one, it does so now, and the old one is closed.</summary>
    /// <param name="lost">The connection that was lost and makes that necessary; null for any other reason.</param>
    private void EndOverlap(ZmtpConnection? lost)
    {
        ZmtpConnection? left;
        lock (_turn)
        {
            if (lost is not null && lost != _next && lost != _subscribed)
            {
                return;
            }

            if (_next is not null)
            {
                SwitchNeedsTurn();
            }

            left = _left;
            _left = null;
        }

        _timers.Cancel(_overlap);
        left?.Dispose();
    }

    private void SwitchNeedsTurn()
    {
        var next = _next!;
        _left = _subscribed;
        _next = null;
        BeginNeedsTurn(next, next.OpenedAt, SubscriptionCause.Replaced);
    }

    private void BeginNeedsTurn(ZmtpConnection connection, Timestamp timestamp, SubscriptionCause cause)
    {
        _subscribed = connection;
        _wasLost = false;
        _isWanted = false;
        _hasWanted = false;
        _observer.OnSubscribed(timestamp, cause);
    }

    private sealed class Receiver(ZmtpSubscriptionLink owner, ZmtpConnection connection) : IFrameReceiver
    {
        public int? MaxLength => null;

        public int KeptLength(int number) => owner.KeptLength(number);

        public ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
        {
            owner.OnFrame(connection, number, head, length, isLast);
            return null;
        }

        public void OnFramesRead(Timestamp timestamp) => owner.OnFramesRead(connection, timestamp);
    }

    private sealed class OverlapTimer(ZmtpSubscriptionLink owner) : TimerEntry
    {
        // Elsewhere: this thread must neither wait nor close a socket.
        protected override void OnDue(Timestamp due, Timestamp now) =>
            ThreadPool.UnsafeQueueUserWorkItem(static owner => owner.EndOverlap(null), owner, preferLocal: false);
    }
}
