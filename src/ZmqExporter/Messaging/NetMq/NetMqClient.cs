using Zmtp;

namespace ZmqExporter.Messaging.NetMq;

/// <summary>Links over real NetMQ sockets. NetMQ does not run before the first link is used.</summary>
internal sealed class NetMqClient : IMessageClient, IDisposable
{
    private readonly IMessageClient _own;
    private readonly NetMqRuntime _runtime;

    /// <param name="own">Our own client, to look at servers that NetMQ must not touch.</param>
    /// <param name="context">Timers and names.</param>
    /// <param name="targets">How many targets there are going to be.</param>
    /// <param name="events">Is notified of what happens.</param>
    public NetMqClient(IMessageClient own, ZmtpContext context, int targets, NetMqEvents events)
    {
        _own = own;
        _runtime = new NetMqRuntime(context, NetMqLimits.SocketsFor(targets), events);
    }

    /// <inheritdoc />
    public IMessageLink CreateLink(LinkOptions options, ILinkObserver observer) => new NetMqLink(options, _runtime, Own(options), observer);

    /// <inheritdoc />
    public ISubscriptionLink CreateSubscription(LinkOptions options, ISubscriptionObserver observer) =>
        new NetMqSubscriptionLink(options, _runtime, Own(options), observer);

    /// <inheritdoc />
    public void Dispose() => _runtime.Dispose();

    // It shakes hands and does nothing beyond it: a server that gives its messages to anybody must not count it in.
    private DiagnosticClient Own(LinkOptions options)
    {
        var looking = options with { PeekOnly = true, Reconnect = null, Topics = [] };
        return new DiagnosticClient(observer => _own.CreateLink(looking, observer), _runtime.Context.Timers);
    }
}
