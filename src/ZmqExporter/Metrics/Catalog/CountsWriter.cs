using System.Collections.Immutable;
using ZmqExporter.Configuration;
using ZmqExporter.Metrics.Exposition;

namespace ZmqExporter.Metrics.Catalog;

/// <summary>Counts by the members of a closed set.</summary>
internal static class CountsWriter
{
    /// <summary>Writes them: all with full detail, else those that are not 0.</summary>
    /// <param name="to">Where.</param>
    /// <param name="labels">One for each member; null for a member that cannot be.</param>
    /// <param name="counts">One for each member, or empty when all are 0.</param>
    /// <param name="areFailures">Whether they count failed probes by reason, of which there are examples.</param>
    public static void Write(SampleWriter to, LabelSet?[] labels, ImmutableArray<long> counts, bool areFailures = false)
    {
        for (var member = 0; member < labels.Length; member++)
        {
            var count = counts.IsEmpty ? 0 : counts[member];
            if (labels[member] is { } label && (count > 0 || to.Detail == MetricsDetail.Full))
            {
                if (areFailures)
                {
                    to.CountOfFailures(label, count, member);
                }
                else
                {
                    to.Value(label, count);
                }
            }
        }
    }
}
