using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>Every metric family of the targets, in the order in which they are exported.</summary>
internal static class MetricCatalog
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        .. TargetMetrics.All,
        .. StateMetrics.All,
        .. ProbeMetrics.All,
        .. ConnectionMetrics.All,
        .. SubscriptionMetrics.All,
        .. LoopMetrics.All,
        .. HeartbeatMetrics.All,
        .. ValueMetrics.All,
    ];

    /// <summary>Those that are exported with this detail.</summary>
    public static ImmutableArray<MetricFamily> For(MetricsDetail detail) => [.. All.Where(family => family.LeastDetail <= detail)];
}
