using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Policy;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>What the failure policy made of the results, and the three questions of the last one.</summary>
internal static class StateMetrics
{
    private static readonly LabelSet[] States = LabelSet.OnePerMember(MetricLabels.State, EnumLabels<TargetState>.All);
    private static readonly LabelSet[] Changes = LabelSet.OnePerMember(MetricLabels.To, EnumLabels<TargetState>.All);
    private static readonly LabelSet[] Reasons = LabelSet.OnePerMember(MetricLabels.Reason, EnumLabels<FailureReason>.All);

    public static ImmutableArray<MetricFamily> All { get; } =
    [
        new(MetricNames.TargetState, MetricType.Gauge, "1 for the state that the target is in, 0 for the others.", (target, to) =>
        {
            for (var state = 0; state < States.Length; state++)
            {
                to.Value(States[state], state == (int)target.State ? 1 : 0);
            }
        }),
        new(
            MetricNames.TargetConsecutiveMisses,
            MetricType.Gauge,
            "Misses in a row.",
            (target, to) => to.Value(target.ConsecutiveMisses)),
        new(
            MetricNames.TargetFlapping,
            MetricType.Gauge,
            "1 when the target changes too often between up or degraded and down.",
            (target, to) => to.Value(target.Flapping)),
        new(MetricNames.TargetFailing, MetricType.Gauge, "1, while the last probe failed: why. Absent while all is well.", (target, to) =>
        {
            if (target.LastResult?.Reason is { } reason)
            {
                to.Value(Reasons[(int)reason], 1);
            }
        }),
        new(
            MetricNames.TargetStateChangeTimestamp,
            MetricType.Gauge,
            "Unix time of the last change of state, at first of the registration.",
            (target, to) => to.Value(target.StateSince)),
        new(
            MetricNames.TargetStateChanges,
            MetricType.Counter,
            "Changes of state, by the state that was entered. Unless detail is full, from the first one on.",
            (target, to) => CountsWriter.Write(to, Changes, target.StateChanges))
        {
            LeastDetail = MetricsDetail.Standard,
        },
        new(
            MetricNames.TargetReachable,
            MetricType.Gauge,
            "Did the last probe reach a process that speaks ZMTP? Absent when it could not know.",
            (target, to) => to.Value(target.LastResult?.Reachable)),
        new(
            MetricNames.TargetResponsive,
            MetricType.Gauge,
            "Did the application behind the socket answer the last probe in time? Absent when it could not know.",
            (target, to) => to.Value(target.LastResult?.Responsive)),
        new(
            MetricNames.TargetReady,
            MetricType.Gauge,
            "Was the answer to the last probe that of a healthy server? Absent when it could not know.",
            (target, to) => to.Value(target.LastResult?.Ready)),
    ];
}
