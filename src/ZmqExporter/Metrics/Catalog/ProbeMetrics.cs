using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>The raw results, before the policy.</summary>
internal static class ProbeMetrics
{
    private static readonly LabelSet[] Reasons = LabelSet.OnePerMember(MetricLabels.Reason, EnumLabels<FailureReason>.All);
    private static readonly LabelSet Resolve = new((MetricLabels.Phase, "resolve"));
    private static readonly LabelSet Connect = new((MetricLabels.Phase, "connect"));
    private static readonly LabelSet Handshake = new((MetricLabels.Phase, "handshake"));
    private static readonly LabelSet Ping = new((MetricLabels.Phase, "ping"));
    private static readonly LabelSet Request = new((MetricLabels.Phase, "request"));

    public static ImmutableArray<MetricFamily> All { get; } =
    [
        new(MetricNames.Probes, MetricType.Counter, "Probes that ended, whatever their result.", (target, to) => to.Value(target.Probes)),
        new(
            MetricNames.ProbeMisses,
            MetricType.Counter,
            "Probes without an acceptable answer by the timeout; the exporter's own faults are not among them.",
            (target, to) => to.Value(target.Misses)),
        new(
            MetricNames.ProbeLate,
            MetricType.Counter,
            "Probes answered after the soft deadline and before the timeout.",
            (target, to) => to.Value(target.Late)),
        new(
            MetricNames.ProbeStaleReplies,
            MetricType.Counter,
            "Replies that came after their probe had ended.",
            (target, to) => to.Value(target.StaleReplies)),
        new(
            MetricNames.ProbeLastTimestamp,
            MetricType.Gauge,
            "Unix time of the end of the last probe.",
            (target, to) => to.Value(target.LastProbe)),
        new(
            MetricNames.ProbeLastSuccessTimestamp,
            MetricType.Gauge,
            "Unix time of the end of the last answered probe.",
            (target, to) => to.Value(target.LastSuccess)),
        new(
            MetricNames.ProbeOverdue,
            MetricType.Gauge,
            "For how many seconds the next probe has been due, by a monotonic clock; 0 when it is not due yet.",
            (target, to) => to.Value(target.Overdue.TotalSeconds)),
        new(
            MetricNames.ProbeDuration,
            MetricType.Histogram,
            "Round trip of the answered probes in seconds.",
            (target, to) => to.Histogram(target.RoundTrips))
        {
            LeastDetail = MetricsDetail.Standard,
        },
        new(
            MetricNames.ProbeFailures,
            MetricType.Counter,
            "Misses by reason, and as local_error the probes that failed through the exporter's own fault. Unless detail is full, from the first one on.",
            (target, to) => CountsWriter.Write(to, Reasons, target.Failures, areFailures: true)),
        new(
            MetricNames.ProbeLastDuration,
            MetricType.Gauge,
            "Seconds that a phase of the last probe took. Absent when it was not reached. For a kept connection, resolve, connect and handshake show how it was made.",
            (target, to) => WritePhases(to, target.LastResult?.Phases ?? default))
        {
            LeastDetail = MetricsDetail.Standard,
        },
    ];

    private static void WritePhases(SampleWriter to, PhaseDurations phases)
    {
        Write(Resolve, phases.Resolve);
        Write(Connect, phases.Connect);
        Write(Handshake, phases.Handshake);
        Write(Ping, phases.Ping);
        Write(Request, phases.Request);

        void Write(LabelSet phase, TimeSpan? duration)
        {
            if (duration is { } known)
            {
                to.Value(phase, known.TotalSeconds);
            }
        }
    }
}
