using System.Runtime.CompilerServices;
using ZmqExporter.Metrics.Exposition;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>The labels that every series of a target has: its name, its module, and its own labels.</summary>
internal static class CommonLabels
{
    /// <summary>Encodes them for each target.</summary>
    [MethodImpl(FirstScrape.Hot)]
    public static EncodedLabels Encode(ReadOnlySpan<TargetSnapshot> targets, SampleWriter writer)
    {
        var all = new EncodedLabels(targets.Length);
        foreach (var target in targets)
        {
            var to = all.Begin();
            var config = target.Config;
            writer.AppendTargetLabel(to, isFirst: true, MetricLabels.Target, config.Name);
            writer.AppendTargetLabel(to, isFirst: false, MetricLabels.Module, config.Module.Name);
            if (config.Labels.Count > 0)
            {
                foreach (var (name, value) in config.Labels)
                {
                    writer.AppendTargetLabel(to, isFirst: false, name, value);
                }
            }

            all.End();
        }

        return all;
    }
}
