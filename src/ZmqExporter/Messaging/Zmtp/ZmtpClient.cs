using System.Collections.Immutable;
using ZmqExporter.Configuration;
using Zmtp;
using Zmtp.Security;

namespace ZmqExporter.Messaging.Zmtp;

/// <summary>Links over our own ZMTP client.</summary>
internal sealed class ZmtpClient(ZmtpContext context) : IMessageClient
{
    private readonly LateReplyBudget _lateReplies = new();

    /// <inheritdoc />
    public IMessageLink CreateLink(TargetConfig target, SocketType socketType, bool reconnects, ILinkObserver observer)
    {
        var options = Options(target, socketType);
        var module = target.Module;
        var reconnect = reconnects ? new ReconnectOptions { AttemptTimeout = module.Timeout } : null;
        return new ZmtpLink(target.Endpoint, options, context, reconnect, module.Timeout, module.MaxConnectionAge, _lateReplies, observer);
    }

    /// <inheritdoc />
    public ISubscriptionLink CreateSubscription(TargetConfig target, ImmutableArray<ImmutableArray<byte>> topics, ISubscriptionObserver observer)
    {
        var options = Options(target, SocketType.Sub) with { ByFrame = true };
        var reconnect = new ReconnectOptions { AttemptTimeout = target.Module.Timeout };
        return new ZmtpSubscriptionLink(target.Endpoint, options, context, reconnect, target.Module.MaxConnectionAge, _lateReplies, topics, observer);
    }

    /// <summary>What the module says of its connections.</summary>
    internal static ZmtpOptions Options(TargetConfig target, SocketType socketType) => new()
    {
        SocketType = socketType,
        Pings = target.Module.Ping,

        // Who only asks for a sign of life must not be given work, which somebody else waits for.
        SparesGivers = target.Module.Prober is HandshakeProberConfig,
        Security = target.Module.Security switch
        {
            SecurityConfig.Plain plain => ZmtpSecurity.Plain(plain.Username, plain.Password.Value),
            SecurityConfig.Curve curve => ZmtpSecurity.Curve(curve.Server, curve.Client, curve.IsClientMadeUp),
            _ => ZmtpSecurity.Null,
        },
    };
}
