using ZmqExporter.Messaging;
using Zmtp;

namespace ZmqExporter.Tests.Messaging.NetMq;

internal sealed class NobodyListens : ILinkObserver
{
    void ILinkObserver.OnConnectionEvent(ConnectionEvent connectionEvent)
    {
    }

    void ILinkObserver.OnUnawaitedMessage(ZmtpMessage message)
    {
    }
}
