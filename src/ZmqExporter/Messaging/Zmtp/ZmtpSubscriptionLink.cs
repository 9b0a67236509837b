using System.Collections.Immutable;
using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>A SUB over our own ZMTP client.</summary>
internal sealed class ZmtpSubscriptionLink : ZmtpLink, ISubscriptionLink, IFrameHandler
{
    private readonly Lock _turn = new(); // a connection that was replaced may still be in the middle of a call
    private readonly ISubscriptionObserver _observer;
    private readonly ImmutableArray<ImmutableArray<byte>> _topics;
    private readonly TimeSpan _attemptTimeout;
    private readonly TopicFilter _filter;
    private ZmtpConnection? _subscribed;
    private bool _wasLost; // the connection that was subscribed last, by the peer or the network
    private bool _isWanted; // the message that comes in
    private bool _hasWanted; // from this read

    public ZmtpSubscriptionLink(
        ZmtpEndpoint endpoint,
        ZmtpOptions options,
        ZmtpContext context,
        ReconnectOptions reconnect,
        TimeSpan maxConnectionAge,
        LateReplyBudget budget,
        ImmutableArray<ImmutableArray<byte>> topics,
        ISubscriptionObserver observer)
        : base(endpoint, options, context, reconnect, reconnect.AttemptTimeout, maxConnectionAge, budget, observer)
    {
        _observer = observer;
        _attemptTimeout = reconnect.AttemptTimeout;
        _topics = topics;
        _filter = new TopicFilter(topics);
    }

    /// <inheritdoc />
    public override void EndProbe(AfterProbe next)
    {
        base.EndProbe(next);
        if (next is AfterProbe.Close or AfterProbe.Abort or AfterProbe.KeepForLateReply)
        {
            Reopen(_attemptTimeout);
        }
    }

    /// <inheritdoc />
    int IFrameHandler.KeptLength(int number) => number == 0 ? Math.Max(_filter.Length, _observer.KeptLength(0)) : _observer.KeptLength(number);

    /// <inheritdoc />
    void IFrameHandler.OnFrame(ZmtpConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        lock (_turn)
        {
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

    /// <inheritdoc />
    void IFrameHandler.OnFramesRead(ZmtpConnection connection, long timestamp)
    {
        lock (_turn)
        {
            if (connection != _subscribed || !_hasWanted)
            {
                return;
            }

            _hasWanted = false;
            _observer.OnFramesRead(timestamp);
        }

        Wake(connection, timestamp);
    }

    /// <inheritdoc />
    private protected override void BeforeOpened(ZmtpConnection connection, long timestamp)
    {
        lock (_turn)
        {
            var cause = _subscribed is null || _wasLost ? SubscriptionCause.Connected : SubscriptionCause.Renewed;
            _subscribed = connection;
            _wasLost = false;
            _isWanted = false;
            _hasWanted = false;
            _observer.OnSubscribed(timestamp, cause);
        }

        foreach (var topic in _topics)
        {
            connection.Subscribe(topic.AsSpan());
        }
    }

    /// <inheritdoc />
    private protected override void AfterLoss(ZmtpConnection connection)
    {
        lock (_turn)
        {
            _wasLost |= connection == _subscribed;
        }
    }
}
