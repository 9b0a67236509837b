using Prometheus;
using ZmqExporter.Configuration;

namespace ZmqExporter.Metrics;

/// <summary>The raw results, before the policy.</summary>
internal sealed class ProbeFamilies(FamilyFactory families, MetricsConfig config)
{
    public Counter Total { get; } = families.Counter(MetricNames.Probes, "Probes that ended, whatever their result.");

    public Counter Misses { get; } = families.Counter(
        MetricNames.ProbeMisses, "Probes without an acceptable answer by the timeout; the exporter's own faults are not among them.");

    public Counter Late { get; } = families.Counter(
        MetricNames.ProbeLate, "Probes answered after the soft deadline and before the timeout.");

    public Counter StaleReplies { get; } = families.Counter(
        MetricNames.ProbeStaleReplies, "Replies that came after their probe had ended.");

    public Gauge LastTimestamp { get; } = families.HiddenGauge(
        MetricNames.ProbeLastTimestamp, "Unix time of the end of the last probe.");

    public Gauge LastSuccessTimestamp { get; } = families.HiddenGauge(
        MetricNames.ProbeLastSuccessTimestamp, "Unix time of the end of the last answered probe.");

    /// <summary>Null with lean detail.</summary>
    public Histogram? Duration { get; } = config.Detail == MetricsDetail.Lean
        ? null
        : families.Histogram(MetricNames.ProbeDuration, "Round trip of the answered probes in seconds.", config.Buckets);
}
