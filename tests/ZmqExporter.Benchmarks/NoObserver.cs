using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Benchmarks;

internal sealed class NoObserver : IProbeObserver
{
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
    }

    public void OnStaleReply()
    {
    }
}
