using Prometheus;
using ZmqExporter.Configuration;

namespace ZmqExporter.Metrics;

/// <summary>What the failure policy made of the results.</summary>
internal sealed class StateFamilies(FamilyFactory families, MetricsDetail detail)
{
    public Gauge State { get; } = families.Gauge(
        MetricNames.TargetState, "1 for the state that the target is in, 0 for the others.", MetricLabels.State);

    public Gauge Misses { get; } = families.Gauge(MetricNames.TargetConsecutiveMisses, "Misses in a row.");

    public Gauge Flapping { get; } = families.Gauge(
        MetricNames.TargetFlapping, "1 when the target changes too often between up or degraded and down.");

    public Gauge ChangeTimestamp { get; } = families.Gauge(
        MetricNames.TargetStateChangeTimestamp, "Unix time of the last change of state, at first of the registration.");

    /// <summary>Null with lean detail.</summary>
    public Counter? Changes { get; } = detail == MetricsDetail.Lean
        ? null
        : families.Counter(MetricNames.TargetStateChanges, "Changes of state, by the state that was entered.", MetricLabels.To);
}
