using Prometheus;
using ZmqExporter.Probing;

namespace ZmqExporter.Metrics;

/// <summary>The three questions.</summary>
internal sealed class QuestionFamilies(FamilyFactory families)
{
    public Gauge Reachable { get; } = families.HiddenGauge(
        MetricNames.TargetReachable, "Did the last probe reach a process that speaks ZMTP? Absent when it could not know.");

    public Gauge Responsive { get; } = families.HiddenGauge(
        MetricNames.TargetResponsive, "Did the application behind the socket answer the last probe in time? Absent when it could not know.");

    public Gauge Ready { get; } = families.HiddenGauge(
        MetricNames.TargetReady, "Was the answer to the last probe that of a healthy server? Absent when it could not know.");
}

/// <summary>A target's answers to the three questions. Not thread-safe.</summary>
internal sealed class QuestionInstruments(QuestionFamilies families, TargetSeries series)
{
    private readonly Gauge.Child _reachable = series.Add(families.Reachable);
    private readonly Gauge.Child _responsive = series.Add(families.Responsive);
    private readonly Gauge.Child _ready = series.Add(families.Ready);

    /// <summary>Shows the answers of one probe.</summary>
    public void Record(ProbeResult result)
    {
        _reachable.SetOrHide(Value(result.Reachable));
        _responsive.SetOrHide(Value(result.Responsive));
        _ready.SetOrHide(Value(result.Ready));
    }

    private static double? Value(bool? answer) => answer switch { true => 1, false => 0, null => null };
}
