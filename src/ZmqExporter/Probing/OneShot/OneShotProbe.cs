using System.Collections.Immutable;
using System.Net;
using ZmqExporter.Configuration;
using Zmtp;

namespace ZmqExporter.Probing.OneShot;

/// <summary>Probes a target now, apart from any schedule, and tells all that was seen. Calls must not overlap.</summary>
internal sealed class OneShotProbe : IDisposable
{
    private readonly SubscriptionReadings? _readings;
    private readonly ConversationRecorder _recorder;
    private readonly TargetConfig _target;
    private readonly IProber _prober;

    /// <param name="probers">Makes the prober.</param>
    /// <param name="target">What to probe.</param>
    /// <param name="mayConnect">Says whether an address may be connected to; null allows every one.</param>
    public OneShotProbe(ProberFactory probers, TargetConfig target, Func<EndPoint, bool>? mayConnect = null)
    {
        _target = target;
        _readings = target.Module.Prober is SubscribeProberConfig subscribe ? new SubscriptionReadings(subscribe) : null;
        _recorder = new ConversationRecorder(_readings);
        _prober = probers.Create(target, _recorder, mayConnect);
    }

    /// <summary>A target for an endpoint that stands in no config.</summary>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="module">How to probe it.</param>
    /// <param name="timeout">The hard deadline in the place of the module's; null leaves that. An answer is late after half of it at most.</param>
    public static TargetConfig Target(ZmtpEndpoint endpoint, ModuleConfig module, TimeSpan? timeout = null)
    {
        if (timeout is { } limit)
        {
            var lateAfter = module.Policy.LateAfter < limit ? module.Policy.LateAfter : limit / 2;
            module = module with { Timeout = limit, Policy = module.Policy with { LateAfter = lateAfter } };
        }

        return new TargetConfig("probe", endpoint, module, ImmutableSortedDictionary<string, string>.Empty);
    }

    /// <summary>Probes once. A further probe uses what the prober keeps, such as its connection.</summary>
    /// <param name="stopping">Ends it early; what comes out is then meaningless.</param>
    public async ValueTask<ProbeConversation> ProbeAsync(CancellationToken stopping)
    {
        var result = await _prober.ProbeAsync(stopping);
        return new ProbeConversation(_target, result, _recorder.Take(), _readings?.Take());
    }

    /// <inheritdoc />
    public void Dispose() => _prober.Dispose();
}
