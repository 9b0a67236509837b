using System.Runtime.CompilerServices;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>A prober from which our password does not come out again. Thread-safe as the one inside is.</summary>
/// <param name="inner">The prober; disposed with this one.</param>
/// <param name="mask">What hides the password.</param>
internal sealed class MaskedProber(IProber inner, PasswordMask mask) : IProber
{
    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProbeResult> ProbeAsync(CancellationToken stopping) => mask.Apply(await inner.ProbeAsync(stopping));

    /// <inheritdoc />
    public void Dispose() => inner.Dispose();

    /// <summary>What stands between the prober and its observer.</summary>
    internal sealed class Observer(IProbeObserver observer, PasswordMask mask) : IProbeObserver
    {
        /// <inheritdoc />
        public void OnConnectionEvent(ConnectionEvent connectionEvent) => observer.OnConnectionEvent(connectionEvent);

        /// <inheritdoc />
        public void OnMessageSent(ZmtpMessage message) => observer.OnMessageSent(mask.Apply(message));

        /// <inheritdoc />
        public void OnMessageReceived(ZmtpMessage message) => observer.OnMessageReceived(mask.Apply(message));

        /// <inheritdoc />
        public void OnSubscriptionRead(in SubscriptionBatch batch) => observer.OnSubscriptionRead(batch);

        /// <inheritdoc />
        public void OnStaleReply() => observer.OnStaleReply();
    }
}
