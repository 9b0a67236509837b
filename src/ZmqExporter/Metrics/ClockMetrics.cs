using Prometheus;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Metrics;

/// <summary>The exporter's wall clock, for rules that compare it with Prometheus' own. Thread-safe.</summary>
internal sealed class ClockMetrics
{
    private readonly Gauge.Child _clock;
    private readonly TimeProvider _time;

    /// <param name="families">A factory without labels.</param>
    /// <param name="time">The clock.</param>
    public ClockMetrics(FamilyFactory families, TimeProvider time)
    {
        _clock = families.Gauge(MetricNames.Clock, "Unix time by the exporter's clock, at the scrape.").WithLabels();
        _time = time;
    }

    /// <summary>Reads the clock.</summary>
    public void Collect() => _clock.Set(_time.GetUtcNow());
}
