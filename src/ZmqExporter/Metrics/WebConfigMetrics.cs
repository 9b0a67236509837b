using Prometheus;
using ZmqExporter.Metrics.Catalog;

namespace ZmqExporter.Metrics;

/// <summary>Whether what the web config file says is in force. Thread-safe.</summary>
internal sealed class WebConfigMetrics
{
    private readonly Gauge.Child _successful;
    private readonly Gauge _notAfter;

    public WebConfigMetrics(FamilyFactory families)
    {
        _successful = families.Gauge(
            MetricNames.WebConfigLastReloadSuccessful, "1 when all that the web config file says is in force, else 0; 1 without such a file.").WithLabels();
        _notAfter = families.HiddenGauge(
            MetricNames.WebConfigCertificateNotAfter, "Unix time at which the certificate expires that is shown to clients.");
        _successful.Set(1); // a bad file stops the start
    }

    /// <summary>The file was read.</summary>
    /// <param name="isInForce">Whether all of it is in force.</param>
    /// <param name="notAfter">When the certificate expires that is shown now; null without TLS.</param>
    public void Read(bool isInForce, DateTimeOffset? notAfter)
    {
        _successful.Set(isInForce ? 1 : 0);
        if (notAfter is { } end)
        {
            _notAfter.WithLabels().Set(end);
        }
    }
}
