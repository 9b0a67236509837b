using Prometheus;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Metrics;

/// <summary>How the last reload of the config went; the start counts as the first one. Thread-safe.</summary>
internal sealed class ReloadMetrics
{
    private readonly TimeProvider _time;
    private readonly Gauge.Child _successful;
    private readonly Gauge.Child _successTimestamp;

    public ReloadMetrics(FamilyFactory families, TimeProvider time)
    {
        _time = time;
        _successful = families.Gauge(
            MetricNames.ConfigLastReloadSuccessful, "1 when the last reload of the config succeeded, else 0.").WithLabels();
        _successTimestamp = families.Gauge(
            MetricNames.ConfigLastReloadSuccessTimestamp, "Unix time of the last reload that succeeded.").WithLabels();
        Succeeded(); // a bad config stops the start: whoever runs has loaded one
    }

    /// <summary>A config was loaded now.</summary>
    public void Succeeded()
    {
        _successTimestamp.Set(_time.GetUtcNow());
        _successful.Set(1);
    }

    /// <summary>A config was refused; the one before stays in force.</summary>
    public void Failed() => _successful.Set(0);
}
