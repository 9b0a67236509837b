using System.Runtime.CompilerServices;
using ZmqExporter.Heartbeat;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>A prober from which our password does not come out again. Thread-safe as the one inside is.</summary>
/// <param name="inner">The prober; disposed with this one.</param>
/// <param name="mask">What hides the password.</param>
internal sealed class MaskedProber(IProber inner, PasswordMask mask) : IProber
{
    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping)
    {
        try
        {
            return mask.Apply(await inner.ProbeAsync(stopping));
        }
        catch (Exception exception) when (!ReferenceEquals(mask.Apply(exception.Message), exception.Message))
        {
            // A bug, and its words are the peer's: they would come into the log.
#pragma warning disable MA0054 // as an inner exception it would bring them along
            throw new InvalidOperationException($"{exception.GetType().Name}: {mask.Apply(exception.Message)}");
#pragma warning restore MA0054
        }
    }

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();

    /// <summary>What stands between the prober and its observer.</summary>
    internal sealed class Observer(IProbeObserver observer, PasswordMask mask) : IProbeObserver
    {
        /// <inheritdoc />
        public bool ShowsMessages => observer.ShowsMessages;

        /// <inheritdoc />
        public bool ShowsWholeMessages => observer.ShowsWholeMessages;

        /// <inheritdoc />
        public bool ShowsFeed => observer.ShowsFeed;

        /// <inheritdoc />
        public bool WantsFeedMessage => observer.WantsFeedMessage;

        /// <inheritdoc />
        public LastBeat? LastBeat => observer.LastBeat;

        /// <inheritdoc />
        public void OnConnectionEvent(ConnectionEvent connectionEvent) => observer.OnConnectionEvent(connectionEvent);

        /// <inheritdoc />
        public void OnMessageSent(ZmtpMessage message) => observer.OnMessageSent(Shown(message));

        /// <inheritdoc />
        public void OnMessageReceived(ZmtpMessage message) => observer.OnMessageReceived(Shown(message));

        /// <inheritdoc />
        public void OnFeedMessage(FeedMessage message) => observer.OnFeedMessage(mask.Apply(message));

        /// <inheritdoc />
        public void OnRefusedMessage(FeedMessage message) => observer.OnRefusedMessage(observer.ShowsMessages ? mask.Apply(message) : message);

        /// <inheritdoc />
        public void OnSubscriptionRead(in SubscriptionBatch batch) => observer.OnSubscriptionRead(batch);

        /// <inheritdoc />
        public void OnHeartbeat(HeartbeatReport report) => observer.OnHeartbeat(report with
        {
            Instance = mask.Apply(report.Instance),
            Details = report.Details with
            {
                Version = report.Details.Version is { } version ? mask.Apply(version) : null,
                Reason = report.Details.Reason is { } reason ? mask.Apply(reason) : null,
            },
        });

        /// <inheritdoc />
        public void OnStaleReply() => observer.OnStaleReply();

        private ZmtpMessage Shown(ZmtpMessage message) => observer.ShowsMessages ? mask.Apply(message, observer.ShowsWholeMessages) : message;
    }
}
