using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A SUB over NetMQ: stays connected, and connects again by itself.</summary>
internal sealed class NetMqSubscriptionLink : NetMqLink, ISubscriptionLink
{
    private const int MostFrames = 1024; // that an observer may look into
    private const int MostFailures = 100; // that count

    private static readonly ReconnectOptions Reconnects = new() { InitialDelay = TimeSpan.FromSeconds(1) };

    private readonly Lock _turn = new(); // the threads of two workers may speak of one link when it moves
    private readonly ISubscriptionObserver _observer;
    private readonly TimeSpan _attemptTimeout;
    private readonly RetryTimer _retry;
    private WorkerConnection? _subscribed;
    private int _failures;

    public NetMqSubscriptionLink(LinkOptions options, NetMqWorkers workers, DiagnosticClient own, ISubscriptionObserver observer)
        : base(options, workers, own, observer)
    {
        _observer = observer;
        _attemptTimeout = options.AttemptTimeout;
        _retry = new RetryTimer(this);
        KeptLength = Enumerable.Range(0, MostFrames).Max(observer.KeptLength);
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
            Renew();
        }
        else if (next is not (AfterProbe.Keep or AfterProbe.KeepUnanswered))
        {
            ScheduleRetry();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        Timers.Cancel(_retry);
        lock (_turn)
        {
            _subscribed = null;
        }
    }

    /// <inheritdoc />
    public override void OnReleased() => Renew();

    /// <inheritdoc />
    public override void OnFrame(WorkerConnection connection, int number, ReadOnlySpan<byte> head, int length, bool isLast)
    {
        lock (_turn)
        {
            if (connection == InUse && connection != _subscribed)
            {
                BeginNeedsTurn(connection); // it may be faster than the news of it
            }

            if (connection == _subscribed)
            {
                _observer.OnFrame(number, head, length, isLast);
            }
        }
    }

    /// <inheritdoc />
    public override void OnFramesRead(WorkerConnection connection, Timestamp received)
    {
        lock (_turn)
        {
            if (connection != _subscribed)
            {
                return;
            }

            _failures = 0;
            _observer.OnFramesRead(received);
        }

        Wait.TryEndReceive(new LinkOutcome(LinkOutcomeKind.Message, received));
    }

    /// <inheritdoc />
    private protected override void BeforeOpened(WorkerConnection connection)
    {
        lock (_turn)
        {
            if (connection == _subscribed)
            {
                return;
            }

            if (!IsReplacing)
            {
                BeginNeedsTurn(connection);
                return;
            }
        }

        // Its first message does it, or a while of silence.
        Timers.Schedule(_retry, Timers.After(_attemptTimeout));
    }

    /// <inheritdoc />
    private protected override void AfterLoss() => ScheduleRetry();

    private void BeginNeedsTurn(WorkerConnection connection)
    {
        _subscribed = connection;
        _observer.OnSubscribed(Now, EndReplacing() ? SubscriptionCause.Replaced : SubscriptionCause.Connected);
    }

    private void ScheduleRetry()
    {
        if (!IsDisposed)
        {
            _failures = Math.Min(_failures + 1, MostFailures);
            Timers.Schedule(_retry, Timers.After(Reconnects.JitteredDelayAfter(_failures)));
        }
    }

    private void Retry()
    {
        if (IsReplacing)
        {
            lock (_turn)
            {
                if (InUse is { IsUsable: true } connection)
                {
                    BeginNeedsTurn(connection); // the feed is silent
                }
            }
        }
        else
        {
            Dial(_attemptTimeout, renews: false);
        }
    }

    private void Renew() => Dial(_attemptTimeout, renews: true);

    private sealed class RetryTimer(NetMqSubscriptionLink owner) : TimerEntry
    {
        // Elsewhere: to connect is to write to a pipe.
        protected override void OnDue(Timestamp due, Timestamp now) => owner.Workers.Later(owner.Retry);
    }
}
