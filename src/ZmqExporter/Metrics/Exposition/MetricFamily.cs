using ZmqExporter.Configuration;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>The one description of a metric family of the targets: each format is written from it.</summary>
/// <param name="Name">Its name in the text format.</param>
/// <param name="Type">What kind of metric it is.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Samples">Writes the samples of one target.</param>
internal sealed record MetricFamily(string Name, MetricType Type, string Help, Action<TargetSnapshot, SampleWriter> Samples)
    : FamilyHeader(Name, Type, Help)
{
    /// <summary>The least detail with which it is exported.</summary>
    public MetricsDetail LeastDetail { get; init; } = MetricsDetail.Lean;
}
