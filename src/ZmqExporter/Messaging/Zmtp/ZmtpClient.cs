using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>Links over our own ZMTP client.</summary>
internal sealed class ZmtpClient(ZmtpContext context) : IMessageClient
{
    // A server that is down gets no more connections than it gets probes: each probe makes one. In between a lost connection is made again
    // once, and a subscription, which loses messages meanwhile, twice. Where probes are rare, it goes on once a minute.
    private static readonly TimeSpan RareInterval = TimeSpan.FromMinutes(1);

    private readonly LateReplyBudget _lateReplies = new();

    /// <inheritdoc />
    public IMessageLink CreateLink(TargetConfig target, SocketType socketType, bool reconnects, ILinkObserver observer)
    {
        var options = Options(target, socketType);
        var module = target.Module;
        var reconnect = reconnects ? new ReconnectOptions { AttemptTimeout = module.Timeout, MaxRetries = 1 } : null;
        return new ZmtpLink(target.Endpoint, options, context, reconnect, module.Timeout, module.MaxConnectionAge, _lateReplies, observer);
    }

    /// <inheritdoc />
    public ISubscriptionLink CreateSubscription(TargetConfig target, ImmutableArray<ImmutableArray<byte>> topics, ISubscriptionObserver observer)
    {
        var options = Options(target, SocketType.Sub);
        var reconnect = Reconnects(target.Module);
        return new ZmtpSubscriptionLink(target.Endpoint, options, context, reconnect, target.Module.MaxConnectionAge, _lateReplies, topics, observer);
    }

    private static ReconnectOptions Reconnects(ModuleConfig module) => new()
    {
        AttemptTimeout = module.Timeout,
        InitialDelay = TimeSpan.FromSeconds(1), // the second attempt comes 1.5 to 3 s after the loss: servers take that long to start again
        MaxDelay = RareInterval,
        MaxRetries = module.Interval >= RareInterval ? int.MaxValue : 2,
    };

    /// <summary>What the module says of its connections.</summary>
    internal static ZmtpOptions Options(TargetConfig target, SocketType socketType) => new()
    {
        SocketType = socketType,
        Pings = target.Module.Ping,

        // Who only asks for a sign of life must not be given work, which somebody else waits for.
        PeekOnly = target.Module.Prober is HandshakeProberConfig,
        Security = target.Module.Security switch
        {
            SecurityConfig.Plain plain => ZmtpSecurity.Plain(plain.Username, plain.Password.Value),
            SecurityConfig.Curve curve => ZmtpSecurity.Curve(curve.Server, curve.Client, curve.IsClientMadeUp),
            _ => ZmtpSecurity.Null,
        },
    };
}
