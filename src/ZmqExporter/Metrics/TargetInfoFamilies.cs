using Prometheus;
using ZmqExporter.Configuration;

namespace ZmqExporter.Metrics;

/// <summary>What a target is and which policy it has: set once, so that rules and dashboards carry no constants.</summary>
internal sealed class TargetInfoFamilies(FamilyFactory families)
{
    private readonly Gauge _info = families.Gauge(
        MetricNames.TargetInfo, "What is probed and how; always 1.", MetricLabels.Endpoint, MetricLabels.Prober, MetricLabels.Client);

    private readonly Gauge _downAfter = families.Gauge(
        MetricNames.TargetDownAfterMisses, "Consecutive misses that make the target down (policy.down_after).");

    private readonly Gauge _lateAfter = families.Gauge(
        MetricNames.TargetLateAfter, "Soft deadline of a reply in seconds (policy.late_after).");

    private readonly Gauge _interval = families.Gauge(
        MetricNames.TargetInterval, "Seconds from the start of one probe to the start of the next one (interval).");

    /// <summary>Makes a target's series.</summary>
    public void Create(TargetSeries series, TargetConfig target)
    {
        var module = target.Module;
        series.Add(_info, target.Endpoint.ToString(), module.Prober.Name, Label(module.Client)).Set(1);
        series.Add(_downAfter).Set(module.Policy.DownAfter);
        series.Add(_lateAfter).Set(module.Policy.LateAfter.TotalSeconds);
        series.Add(_interval).Set(module.Interval.TotalSeconds);
    }

    private static string Label(MessagingClient client) => client switch
    {
        MessagingClient.Zmtp => "zmtp",
        MessagingClient.NetMq => "netmq",
        _ => throw new ArgumentOutOfRangeException(nameof(client)),
    };
}
