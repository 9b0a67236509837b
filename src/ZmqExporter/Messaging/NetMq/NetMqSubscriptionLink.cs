using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>A SUB over NetMQ: stays connected, and connects again by itself.</summary>
internal sealed class NetMqSubscriptionLink : NetMqLink, ISubscriptionLink
{
    // So that a flood of one publisher does not keep the others waiting.
    private const int MessagesPerTurn = 256;
    private const int BytesPerTurn = 1 << 20;

    private static readonly ReconnectOptions Reconnects = new() { InitialDelay = TimeSpan.FromSeconds(1) };

    private readonly ISubscriptionObserver _observer;
    private readonly TimeSpan _attemptTimeout;
    private readonly RetryTimer _retry;
    private int _failures;
    private volatile bool _isRenewing;

    public NetMqSubscriptionLink(LinkOptions options, NetMqRuntime runtime, DiagnosticClient own, ISubscriptionObserver observer)
        : base(options, runtime, own, observer)
    {
        _observer = observer;
        _attemptTimeout = options.AttemptTimeout;
        _retry = new RetryTimer(this);
    }

    /// <inheritdoc />
    private protected override WorkerRole Role => WorkerRole.Subscriptions;

    /// <inheritdoc />
    public override void EndProbe(AfterProbe next)
    {
        if (next is not (AfterProbe.Keep or AfterProbe.KeepUnanswered))
        {
            base.EndProbe(AfterProbe.Close);
            ScheduleRetry();
        }
        else if (IsOld && next == AfterProbe.Keep)
        {
            // NetMQ cannot read the old connection until the new one brings something: what is published in between is lost.
            _isRenewing = true;
            base.EndProbe(AfterProbe.Close);
            Retry();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        Runtime.Context.Timers.Cancel(_retry);
    }

    /// <inheritdoc />
    public override void OnGenerationStarted() => ScheduleRetry();

    /// <inheritdoc />
    public override bool Awaits(NetMqConnection connection) => connection == ConnectionOf(connection.Worker);

    /// <inheritdoc />
    public override void OnReady(NetMqConnection connection)
    {
        if (connection != ConnectionOf(connection.Worker))
        {
            return;
        }

        connection.DrainMonitor(); // first: what comes on a connection comes after it was made
        TakeUnawaited(connection);
        if (connection.IsLost)
        {
            Lose(connection);
        }
    }

    /// <inheritdoc />
    /// <remarks>Whether a probe begins, ends or is far away: each message is the observer's, and none is dropped.</remarks>
    private protected override void TakeUnawaited(NetMqConnection connection)
    {
        while (Read(connection) && connection.IsLost)
        {
            // What came before the loss; there is no more than the high-water mark let in.
        }
    }

    /// <inheritdoc />
    private protected override void BeginReceive(NetMqWorker worker, NetMqConnection connection)
    {
        // The messages go to the observer as they come; the next ones end the wait.
    }

    /// <inheritdoc />
    private protected override void BeforeOpened(NetMqConnection connection)
    {
        _observer.OnSubscribed(Now, _isRenewing ? SubscriptionCause.Renewed : SubscriptionCause.Connected);
        _isRenewing = false;
    }

    /// <inheritdoc />
    private protected override void AfterLoss()
    {
        _isRenewing = false;
        ScheduleRetry();
    }

    /// <inheritdoc />
    private protected override void RunMore(NetMqWorker worker, WorkKind kind)
    {
        if (kind == WorkKind.Reconnect && !IsDisposed && ConnectionOf(worker) is null && !Suspect.IsQuarantined)
        {
            Connect(worker, Runtime.Context.Timers.After(_attemptTimeout));
            if (IsDisposed)
            {
                Run(worker, WorkKind.Close, message: null); // the disposal may not have known of this worker
            }
        }
    }

    private bool Read(NetMqConnection connection)
    {
        if (!connection.IsConnected && !connection.IsLost)
        {
            return false;
        }

        var messages = connection.ReceiveFrames(_observer, MessagesPerTurn, BytesPerTurn);
        if (messages == 0)
        {
            return false;
        }

        _failures = 0;
        var now = Now;
        _observer.OnFramesRead(now);
        Wait.TryEndReceive(new LinkOutcome(LinkOutcomeKind.Message, now));
        return true;
    }

    private void ScheduleRetry()
    {
        if (!IsDisposed)
        {
            var timers = Runtime.Context.Timers;
            var delay = Reconnects.DelayAfter(Math.Min(++_failures, 100));

            // Half of it is certain, half is chance.
            timers.Schedule(_retry, timers.After(delay * (0.5 + (Random.Shared.NextDouble() / 2))));
        }
    }

    private void Retry()
    {
        if (!IsDisposed && Runtime.TryGetWorker(Role, out var worker, out _))
        {
            worker.Post(this, WorkKind.Reconnect);
        }
    }

    private sealed class RetryTimer(NetMqSubscriptionLink owner) : TimerEntry
    {
        // Elsewhere: the runtime's lock may be held while its threads end.
        protected override void OnDue(Timestamp due, Timestamp now) =>
            ThreadPool.UnsafeQueueUserWorkItem(static owner => owner.Retry(), owner, preferLocal: false);
    }
}
