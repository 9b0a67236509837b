using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>Links over real NetMQ sockets, which live in worker processes. None is started before the first link is used.</summary>
/// <param name="own">Our own client, to look at servers that NetMQ must not touch.</param>
/// <param name="context">Timers and names.</param>
/// <param name="settings">What the workers are started with, and who is notified of what happens.</param>
internal sealed class NetMqClient(IMessageClient own, ZmtpContext context, WorkerSettings settings) : IMessageClient, IDisposable
{
    private readonly NetMqWorkers _workers = new(context, settings);

    /// <inheritdoc cref="NetMqWorkers.Quarantined" />
    public IReadOnlyList<string> Quarantined => _workers.Quarantined;

    /// <inheritdoc />
    public IMessageLink CreateLink(LinkOptions options, ILinkObserver observer) => new NetMqLink(options, _workers, Own(options), observer);

    /// <inheritdoc />
    public ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer) =>
        new NetMqSubscriptionLink(options, _workers, Own(options), observer);

    /// <inheritdoc />
    public void Dispose() => _workers.Dispose();

    // It shakes hands and does nothing beyond it: a server that gives its messages to anybody must not count it in, and one that knows an
    // identity must not take this for it.
    private DiagnosticClient Own(LinkOptions options)
    {
        var looking = options with { PeekOnly = true, Reconnect = null, Topics = [], RoutingId = [] };
        return new DiagnosticClient(observer => own.CreateLink(looking, observer), context.Timers, options.AttemptTimeout);
    }
}
