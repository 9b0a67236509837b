using Zmtp;
using ZmqExporter.Probing;

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
