namespace ZmqExporter.Metrics.Exposition;

/// <summary>What stands before the samples of a metric family.</summary>
/// <param name="Name">Its name in the text format.</param>
/// <param name="Type">What kind of metric it is.</param>
/// <param name="Help">One sentence.</param>
internal record FamilyHeader(string Name, MetricType Type, string Help)
{
    /// <value>Whether a counter counts from the target's creation; else nobody knows since when.</value>
    public bool IsCreatedWithTarget { get; init; } = true;

    private const string TotalSuffix = "_total";
    private const string InfoSuffix = "_info";

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
