using System.Collections.Immutable;
using ZmqExporter.Configuration;
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
    public IMessageLink CreateLink(TargetConfig target, SocketType socketType, bool reconnects, ILinkObserver observer) =>
        new NetMqLink(target, Options(target, socketType, []), _runtime, Own(target, socketType), observer);

    /// <inheritdoc />
    public ISubscriptionLink CreateSubscription(TargetConfig target, ImmutableArray<ImmutableArray<byte>> topics, ISubscriptionObserver observer) =>
        new NetMqSubscriptionLink(target, Options(target, SocketType.Sub, topics), _runtime, Own(target, SocketType.Sub), observer);

    /// <inheritdoc />
    public void Dispose() => _runtime.Dispose();

    private static NetMqSocketOptions Options(TargetConfig target, SocketType socketType, ImmutableArray<ImmutableArray<byte>> topics) =>
        new(socketType, target.Module.Security as SecurityConfig.Curve, topics);

    // It does what a handshake probe does and nothing beyond it: a server that gives its messages to anybody must not count it in.
    private DiagnosticClient Own(TargetConfig target, SocketType socketType)
    {
        var looking = target with { Module = target.Module with { Prober = new HandshakeProberConfig(socketType) } };
        return new DiagnosticClient(observer => _own.CreateLink(looking, socketType, reconnects: false, observer), _runtime.Context.Timers);
    }
}
