using Zmtp;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>A SUB over our own ZMTP client, whose <see cref="SubscriptionFeed{TConnection}"/> joins its connections.</summary>
internal sealed class ZmtpSubscriptionLink : ZmtpLink, ISubscriptionLink
{
    private readonly SubscriptionFeed<ZmtpConnection> _feed;
    private readonly TimeSpan _attemptTimeout;

    public ZmtpSubscriptionLink(LinkOptions options, ZmtpContext context, LateReplyBudget budget, ISubscriptionObserver observer)
        : base(options, context, budget, observer)
    {
        _attemptTimeout = options.AttemptTimeout;
        _feed = new SubscriptionFeed<ZmtpConnection>(
            options,
            observer,
            context.Timers,
            (old, then) => old.ReadThen(Now, static then => ((Action)then!)(), then),
            static old => old.Dispose());
    }

    /// <inheritdoc />
    public override void EndProbe(AfterProbe next)
    {
        base.EndProbe(next);
        if (next is AfterProbe.Close or AfterProbe.Abort or AfterProbe.KeepForLateReply)
        {
            _feed.EndOverlap();
            Reopen(_attemptTimeout);
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _feed.EndOverlap(isOver: true);
    }

    /// <inheritdoc />
    public override IFrameReceiver CreateReceiver(ZmtpConnection connection) => new Receiver(this, connection);

    /// <inheritdoc />
    private protected override void BeforeOpened(ZmtpConnection connection) => Replace(replaced: null, connection);

    /// <inheritdoc />
    private protected override bool Replace(ZmtpConnection? replaced, ZmtpConnection taken)
    {
        var isKept = _feed.Begin(taken, taken.OpenedAt, replaced is { IsClosed: false } ? replaced : null);
        base.BeforeOpened(taken);
        return !isKept;
    }

    /// <inheritdoc />
    private protected override void AfterLoss(ZmtpConnection connection, ZmtpError error) =>
        _feed.OnLost(connection, SubscriptionFeed<ZmtpConnection>.AfterLossBy(error));

    private sealed class Receiver(ZmtpSubscriptionLink owner, ZmtpConnection connection) : IFrameReceiver
    {
        public int? MaxLength => null;

        public int KeptLength(int number) => owner._feed.KeptLength(number);

        public ZmtpError? OnFrame(int number, ReadOnlySpan<byte> head, int length, bool isLast)
        {
            owner._feed.OnFrame(connection, number, head, length, isLast);
            return null;
        }

        public void OnFramesRead(Timestamp timestamp)
        {
            if (owner._feed.OnFramesRead(connection, timestamp) && owner._feed.Newest is { } newest)
            {
                owner.Wake(newest, timestamp);
            }
        }
    }
}
