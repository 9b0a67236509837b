using ZmqExporter.Configuration;
using ZmqExporter.Targets;

namespace ZmqExporter.Metrics.Exposition;

/// <summary>The one description of a metric family of the targets: each format is written from it.</summary>
/// <param name="Name">Its name in the text format.</param>
/// <param name="Type">What kind of metric it is.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Samples">Writes the samples of one target.</param>
internal sealed record MetricFamily(string Name, MetricType Type, string Help, Action<TargetSnapshot, SampleWriter> Samples)
{
    private const string TotalSuffix = "_total";
    private const string InfoSuffix = "_info";

    /// <summary>The least detail with which it is exported.</summary>
    public MetricsDetail LeastDetail { get; init; } = MetricsDetail.Lean;

    /// <summary>What OpenMetrics calls the family: counters and infos without their suffix.</summary>
    public string BareName => Type switch
    {
        MetricType.Counter => WithoutSuffix(TotalSuffix),
        MetricType.Info => WithoutSuffix(InfoSuffix),
        _ => Name,
    };

    private string WithoutSuffix(string suffix) => Name.EndsWith(suffix, StringComparison.Ordinal)
        ? Name[..^suffix.Length]
        : throw new InvalidOperationException($"{Name} is of type {Type} and so its name must end in {suffix}");
}
