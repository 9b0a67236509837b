using System.Collections.Immutable;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>What servers say of themselves by the heartbeat protocol; their numbers are among <see cref="ValueMetrics"/>. Only targets with <c>heartbeat</c> have series of these.</summary>
internal static class HeartbeatMetrics
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        new(
            MetricNames.TargetRestarts,
            MetricType.Counter,
            "Restarts of the server: new instances in its heartbeats, also those that no probe missed.",
            (target, to) =>
            {
                if (target.Heartbeat is { } heartbeat)
                {
                    to.Value(heartbeat.Restarts);
                }
            }),
        new(
            MetricNames.HeartbeatStartTime,
            MetricType.Gauge,
            "Unix time at which the server started, as its last heartbeat says. Absent when it does not say.",
            (target, to) =>
            {
                if (target.Heartbeat?.StartTime is { } start)
                {
                    to.Value(start);
                }
            })
        {
            LeastDetail = Configuration.MetricsDetail.Standard,
        },
    ];
}
