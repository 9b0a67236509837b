using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>What a target is and which policy it has, so that rules and dashboards carry no constants.</summary>
internal static class TargetMetrics
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        new(MetricNames.TargetInfo, MetricType.Info, "What is probed and how; always 1.", (target, to) =>
        {
            var config = target.Config;
            to.Info(
                (MetricLabels.Endpoint, config.Endpoint.ToString()),
                (MetricLabels.Prober, config.Module.Prober.Name),
                (MetricLabels.Client, Label(config.Module.Client)));
        }),
        new(
            MetricNames.TargetDownAfterMisses,
            MetricType.Gauge,
            "Consecutive misses that make the target down (policy.down_after).",
            (target, to) => to.Value(target.Config.Module.Policy.DownAfter)),
        new(
            MetricNames.TargetLateAfter,
            MetricType.Gauge,
            "Soft deadline of a reply in seconds (policy.late_after).",
            (target, to) => to.Value(target.Config.Module.Policy.LateAfter.TotalSeconds)),
        new(
            MetricNames.TargetInterval,
            MetricType.Gauge,
            "Seconds from the start of one probe to the start of the next one (interval).",
            (target, to) => to.Value(target.Config.Module.Interval.TotalSeconds)),
        new(
            MetricNames.TargetObjective,
            MetricType.Gauge,
            "Share of the probes that should be answered (policy.objective).",
            (target, to) => to.Value(target.Config.Module.Policy.Objective)),
    ];

    private static string Label(MessagingClient client) => client switch
    {
        MessagingClient.Zmtp => "zmtp",
        MessagingClient.NetMq => "netmq",
        _ => throw new ArgumentOutOfRangeException(nameof(client)),
    };
}
