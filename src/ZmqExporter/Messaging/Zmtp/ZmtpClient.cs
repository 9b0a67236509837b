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
        var options = new ZmtpOptions
        {
            SocketType = socketType,
            Security = target.Module.Security switch
            {
                SecurityConfig.Plain plain => ZmtpSecurity.Plain(plain.Username, plain.Password.Value),
                SecurityConfig.Curve curve => ZmtpSecurity.Curve(curve.Server, curve.Client),
                _ => ZmtpSecurity.Null,
            },
        };
        var reconnect = reconnects ? new ReconnectOptions { AttemptTimeout = target.Module.Timeout } : null;
        return new ZmtpLink(target.Endpoint, options, context, reconnect, _lateReplies, observer);
    }
}
