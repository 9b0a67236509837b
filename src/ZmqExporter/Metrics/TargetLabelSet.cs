using ZmqExporter.Targets;

namespace ZmqExporter.Metrics;

/// <summary>The labels that every series of a target has.</summary>
internal static class TargetLabelSet
{
    /// <summary>Its name, its module, and its own labels.</summary>
    public static LabelSet Of(TargetSnapshot target)
    {
        var config = target.Config;
        return new LabelSet([
            (MetricLabels.Target, config.Name),
            (MetricLabels.Module, config.Module.Name),
            .. config.Labels.Select(label => (label.Key, label.Value)),
        ]);
    }
}
