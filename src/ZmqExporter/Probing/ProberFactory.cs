using ZmqExporter.Configuration;
using ZmqExporter.Messaging;

namespace ZmqExporter.Probing;

/// <summary>Makes the prober that a target's config asks for. Thread-safe.</summary>
internal sealed class ProberFactory(IMessageClient zmtp, TimeProvider time)
{
    /// <summary>A prober for one target and module, which the caller disposes.</summary>
    public IProber Create(TargetConfig target, IProbeObserver observer) => target.Module.Prober switch
    {
        RequestProberConfig => new RequestProber(target, zmtp, time, observer),
        HandshakeProberConfig => new HandshakeProber(target, zmtp, time, observer),
        SubscribeProberConfig => new SubscribeProber(target, zmtp, time, observer),
        _ => throw new NotSupportedException($"no prober is called {target.Module.Prober.Name}"),
    };
}
