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
    private ZmtpConnection? _subscribed;

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
    }

    /// <inheritdoc />
    public override void EndProbe(AfterProbe next)
    {
        base.EndProbe(next);
        if (next is AfterProbe.Close or AfterProbe.KeepForLateReply)
        {
            Reopen(_attemptTimeout);
        }
    }

    /// <inheritdoc />
    int IFrameHandler.KeptLength(int number) => _observer.KeptLength(number);

    /// <inheritdoc />
    void IFrameHandler.OnFrame(ZmtpConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        lock (_turn)
        {
            if (connection == _subscribed)
            {
                _observer.OnFrame(number, head, length, isLast);
            }
        }
    }

    /// <inheritdoc />
    void IFrameHandler.OnFramesRead(ZmtpConnection connection, long timestamp)
    {
        lock (_turn)
        {
            if (connection != _subscribed)
            {
                return;
            }

            _observer.OnFramesRead(timestamp);
        }

        Wake(connection, timestamp);
    }

    /// <inheritdoc />
    private protected override void BeforeOpened(ZmtpConnection connection, long timestamp, bool isRenewed)
    {
        lock (_turn)
        {
            _subscribed = connection;
            _observer.OnSubscribed(timestamp);
        }

        foreach (var topic in _topics)
        {
            connection.Subscribe(topic.AsSpan());
        }
    }
}
