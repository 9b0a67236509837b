using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using Zmtp;

namespace ZmqExporter.OnDemand;

/// <summary>Probes what somebody asks for, now, if the config lets it. Each probe stands alone: nothing of it stays but its report. Thread-safe.</summary>
/// <param name="current">The config that is in force.</param>
/// <param name="probers">Makes the probers: over the same clients as those of the targets, and so within the same limits.</param>
/// <param name="slots">How many at a time.</param>
/// <param name="recent">Takes the reports.</param>
/// <param name="time">Its clock.</param>
internal sealed class OnDemandProbes(Func<ExporterConfig> current, ProberFactory probers, ProbeSlots slots, RecentProbes recent, TimeProvider time)
{
    private const string NoRules = "nothing may be probed: probe_endpoint.allow of the config is empty; list there what /probe may reach";

    /// <summary>Probes once.</summary>
    /// <param name="target">An endpoint.</param>
    /// <param name="module">A module of the config, or a built-in one.</param>
    /// <param name="scrapeSeconds">How long the asker waits, or null when it does not say.</param>
    /// <param name="gone">Ends the probe: nobody wants it any more.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task<ProbeAnswer> AskAsync(string target, string module, double? scrapeSeconds, CancellationToken gone)
    {
        var config = current();
        if (config.FindModule(module) is not { } how)
        {
            string[] known = [.. config.Modules.Keys, .. config.BuiltInModules.Keys];
            return ProbeAnswer.Bad($"there is no module {Quoted.Text(module)}; {Suggestion.Remedy(module, known, "modules")}");
        }

        if (how.Client != MessagingClient.Zmtp)
        {
            return ProbeAnswer.Bad($"module {Quoted.Text(module)} has client: {how.Client.Label()}, which looks names up by itself, so that nobody can say where it may connect; take a module with client: zmtp");
        }

        if (how.Prober is ListenProberConfig)
        {
            return ProbeAnswer.Bad($"module {Quoted.Text(module)} {ListenProberConfig.OnlyListener}");
        }

        if (!ZmtpEndpoint.TryParse(target, out var endpoint, out var error))
        {
            return ProbeAnswer.Bad($"target {Quoted.Text(target)}: {error}");
        }

        if (how.Prober is LoopProberConfig { HasReturnEndpoint: true })
        {
            return ProbeAnswer.Bad($"module {Quoted.Text(module)} sends at one endpoint and receives at another, and /probe knows one: make it a target of the configuration, with return_endpoint");
        }

        var gate = new AllowList(config.ProbeEndpoint.Allow).GateOf(endpoint);
        if (gate.IsShut)
        {
            return ProbeAnswer.Bad(config.ProbeEndpoint.Allow.IsEmpty ? NoRules : $"target {Quoted.Text(target)} is not allowed: no rule of probe_endpoint.allow lets /probe reach it");
        }

        if (slots.TryTake() is { } busy)
        {
            return ProbeAnswer.Busy(busy);
        }

        try
        {
            return await ProbeAsync(OneShotProbe.Target(endpoint, how, ProbeTimeout.Of(how.Timeout, scrapeSeconds)), gate, gone);
        }
        finally
        {
            slots.Return();
        }
    }

    /// <summary>Probes a target of the exporter once more, beside its schedule. It may be reached, because it is.</summary>
    /// <param name="target">The target.</param>
    /// <param name="gone">Ends the probe: nobody wants it any more.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task<ProbeAnswer> AskAsync(TargetConfig target, CancellationToken gone)
    {
        if (target.Module.Prober is ListenProberConfig)
        {
            return ProbeAnswer.Bad($"target {Quoted.Text(target.Name)} {ListenProberConfig.OnlyListener}");
        }

        if (slots.TryTake() is { } busy)
        {
            return ProbeAnswer.Busy(busy);
        }

        try
        {
            return await ProbeAsync(target, gate: null, gone);
        }
        finally
        {
            slots.Return();
        }
    }

    private async Task<ProbeAnswer> ProbeAsync(TargetConfig target, AddressGate? gate, CancellationToken gone)
    {
        gone.ThrowIfCancellationRequested();
        var (started, begin) = (time.GetUtcNow(), Timestamp.Now(time));
        using var probe = new OneShotProbe(probers, target, gate is null ? null : gate.MayConnect, new ConversationDetail { HidesSecrets = true });
        using var end = gone.UnsafeRegister(static probe => ((OneShotProbe)probe!).Dispose(), probe); // not every prober looks at the token
        var conversation = await probe.ProbeAsync(gone);
        gone.ThrowIfCancellationRequested();
        if (conversation.Result.IsHeldBack)
        {
            return ProbeAnswer.Busy(conversation.Result.Detail); // there was no probe
        }

        if (gate?.HasRefusedAll == true)
        {
            return ProbeAnswer.Bad($"target {Quoted.Text(target.Endpoint.ToString())} is not allowed: no rule of probe_endpoint.allow has an address that it leads to");
        }

        var report = new ProbeReport(conversation, started, begin.Elapsed(time));
        return new ProbeAnswer(report) { Id = recent.Add(report) };
    }
}
