using Prometheus;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics;

/// <summary>How long each phase of the last probe took.</summary>
internal sealed class PhaseFamilies(FamilyFactory families)
{
    public Gauge LastDuration { get; } = families.HiddenGauge(
        MetricNames.ProbeLastDuration,
        "Seconds that a phase of the last probe took. Absent when it was not reached. For a kept connection, resolve, connect and handshake show how it was made.",
        MetricLabels.Phase);
}

/// <summary>A target's phases. Not thread-safe.</summary>
internal sealed class PhaseInstruments(PhaseFamilies families, TargetSeries series)
{
    private readonly Gauge.Child _resolve = series.Add(families.LastDuration, "resolve");
    private readonly Gauge.Child _connect = series.Add(families.LastDuration, "connect");
    private readonly Gauge.Child _handshake = series.Add(families.LastDuration, "handshake");
    private readonly Gauge.Child _ping = series.Add(families.LastDuration, "ping");
    private readonly Gauge.Child _request = series.Add(families.LastDuration, "request");

    /// <summary>Shows the phases of one probe.</summary>
    public void Record(PhaseDurations phases)
    {
        _resolve.SetOrHide(phases.Resolve?.TotalSeconds);
        _connect.SetOrHide(phases.Connect?.TotalSeconds);
        _handshake.SetOrHide(phases.Handshake?.TotalSeconds);
        _ping.SetOrHide(phases.Ping?.TotalSeconds);
        _request.SetOrHide(phases.Request?.TotalSeconds);
    }
}
