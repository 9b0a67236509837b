using Prometheus;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics;

/// <summary>Failures by reason.</summary>
internal sealed class FailureFamilies(FamilyFactory families, MetricsDetail detail)
{
    public Counter Failures { get; } = families.Counter(
        MetricNames.ProbeFailures,
        "Misses by reason, and as local_error the probes that failed through the exporter's own fault.",
        MetricLabels.Reason);

    /// <summary>With lean detail a reason's series appears with its first failure.</summary>
    public bool AllFromTheStart { get; } = detail != MetricsDetail.Lean;
}

/// <summary>A target's failures by reason. Not thread-safe.</summary>
internal sealed class FailureInstruments
{
    private readonly FailureFamilies _families;
    private readonly TargetSeries _series;
    private readonly Counter.Child?[] _counters = new Counter.Child?[FailureReasons.All.Length];

    public FailureInstruments(FailureFamilies families, TargetSeries series)
    {
        _families = families;
        _series = series;
        if (families.AllFromTheStart)
        {
            foreach (var reason in FailureReasons.All)
            {
                Counter(reason);
            }
        }
    }

    /// <summary>Counts the failure of one probe, if it failed.</summary>
    public void Record(ProbeResult result)
    {
        if (result.Reason is { } reason)
        {
            Counter(reason).Inc();
        }
    }

    private Counter.Child Counter(FailureReason reason) =>
        _counters[(int)reason] ??= _series.Add(_families.Failures, reason.Label());
}
