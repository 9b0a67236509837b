using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>For probes whose results are all that counts. Thread-safe.</summary>
internal sealed class NoObserver : IProbeObserver
{
    /// <inheritdoc />
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
    }

    /// <inheritdoc />
    public void OnStaleReply()
    {
    }
}
