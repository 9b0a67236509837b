using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Makes the prober that a target's config asks for. Thread-safe.</summary>
internal sealed class ProberFactory(TimerQueue timers)
{
    /// <summary>A prober for one target and module, which the caller disposes.</summary>
    public IProber Create(TargetConfig target, IProbeObserver observer)
    {
        _ = timers;
        throw new NotSupportedException();
    }
}
