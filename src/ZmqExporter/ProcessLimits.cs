using ZmqExporter.Configuration;
using ZmqExporter.Http;
using ZmqExporter.Limits;
using ZmqExporter.Messaging.NetMq;
using ZmqExporter.OnDemand;

namespace ZmqExporter;

/// <summary>Whether this process can run a config at all.</summary>
internal static class ProcessLimits
{
    /// <summary>What keeps it from that, and how to mend it; null when nothing does.</summary>
    /// <param name="config">The config. Its own targets alone: lists from elsewhere keep no exporter from its start (<see cref="TargetNeeds"/>).</param>
    /// <param name="settings">Its command line: which of its targets this process probes, and whether it takes heartbeats.</param>
    public static string? ProblemOf(ExporterConfig config, ServeSettings settings)
    {
        var limit = OpenFileLimit.Read();
        TargetConfig[] targets = [.. config.Targets.Where(target => settings.Shard.Has(target.Name))];
        var others = OthersOf(OnDemandOf(config.ProbeEndpoint));
        return DescriptorNeeds.Problem(targets, limit, others)
            ?? ((ProblemOfNetMq(targets, limit, others) ?? HeartbeatParts.ProblemOf(targets, !settings.HeartbeatListen.IsEmpty)) is { } problem
            ? $"{settings.ConfigFile}: {problem}"
            : null);
    }

    /// <summary>What keeps it from probing these with NetMQ; null when nothing does.</summary>
    public static string? ProblemOfNetMq(IReadOnlyCollection<TargetConfig> targets, int limit, Func<int, int> others) => NetMqLimits.Problem(
        targets.Count(target => target.Module.Client == MessagingClient.NetMq), limit, DescriptorNeeds.About(targets, others));

    /// <summary>How many descriptors probes on demand need, when this process may open so many files; null when none is allowed.</summary>
    public static Func<int, int>? OnDemandOf(ProbeEndpointConfig config) => config.Allow.IsEmpty ? null : ProbeSlots.DescriptorsFor;

    /// <summary>How many others than targets need, when this process may open so many files.</summary>
    public static Func<int, int> OthersOf(Func<int, int>? onDemand) =>
        limit => HttpLimits.MostDescriptors(limit) + (onDemand?.Invoke(limit) ?? 0);
}
