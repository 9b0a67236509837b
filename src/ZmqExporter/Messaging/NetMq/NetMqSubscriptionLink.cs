using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A SUB over NetMQ: stays connected, and connects again by itself.</summary>
internal sealed class NetMqSubscriptionLink : NetMqLink, ISubscriptionLink
{
    private const int MostFrames = 1024; // that an observer may look into
    private const int MostFailures = 100; // that count

    private static readonly ReconnectOptions Reconnects = new() { InitialDelay = TimeSpan.FromSeconds(1) };

    private readonly SubscriptionFeed<WorkerConnection> _feed;
    private readonly NetMqWorkers.PoolTimer _retry;
    private int _failures;

    public NetMqSubscriptionLink(LinkOptions options, NetMqWorkers workers, DiagnosticClient own, ISubscriptionObserver observer)
        : base(options, workers, own, observer)
    {
        _retry = new NetMqWorkers.PoolTimer(workers, () => Dial(renews: false));
        _feed = new SubscriptionFeed<WorkerConnection>(options, observer, Timers, static (old, _) => old.Dispose(), EndReplaced);
        KeptLength = Enumerable.Range(0, MostFrames).Max(_feed.KeptLength);
    }

    /// <inheritdoc />
    public override int KeptLength { get; }

    /// <inheritdoc />
    private protected override WorkerRole Role => WorkerRole.Subscriptions;

    /// <inheritdoc />
    public override void EndProbe(AfterProbe next)
    {
        var isOld = next == AfterProbe.Keep && IsOld;
        base.EndProbe(isOld ? AfterProbe.KeepUnanswered : next is AfterProbe.KeepForLateReply ? AfterProbe.Close : next);
        if (isOld)
        {
            Dial(renews: true);
        }
        else if (next is not (AfterProbe.Keep or AfterProbe.KeepUnanswered))
        {
            _feed.EndOverlap();
            ScheduleRetry();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        Timers.Cancel(_retry);
        _feed.EndOverlap(isOver: true);
    }

    /// <inheritdoc />
    public override void OnReleased() => Dial(renews: true);

    /// <inheritdoc />
    public override void OnFrame(WorkerConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        if (connection == InUse && connection != _feed.Newest)
        {
            BeforeOpened(connection); // it may be faster than the news of it
        }

        _feed.OnFrame(connection, number, head, length, isLast);
    }

    /// <inheritdoc />
    public override void OnFramesRead(WorkerConnection connection, Timestamp received)
    {
        if (_feed.OnFramesRead(connection, received))
        {
            _failures = 0;
            Wake(received);
        }
    }

    /// <inheritdoc />
    public override void OnLost(WorkerConnection connection, bool isUnsent)
    {
        var next = SubscriptionFeed<WorkerConnection>.AfterLossBy(connection.Error);
        _feed.OnLost(connection, connection.IsClosed && next != SubscriptionCause.Restored ? SubscriptionCause.Renewed : next);
        base.OnLost(connection, isUnsent);
    }

    /// <inheritdoc />
    private protected override void BeforeOpened(WorkerConnection connection) => _feed.Begin(connection, Now, Replaced);

    /// <inheritdoc />
    private protected override void AfterLoss() => ScheduleRetry();

    private void ScheduleRetry()
    {
        if (!IsDisposed)
        {
            _failures = Math.Min(_failures + 1, MostFailures);
            Timers.Schedule(_retry, Timers.After(Reconnects.JitteredDelayAfter(_failures)));
        }
    }
}
