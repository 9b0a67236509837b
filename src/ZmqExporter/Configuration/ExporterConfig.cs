using System.Collections.Immutable;

namespace ZmqExporter.Configuration;

/// <summary>What a config file says, checked and complete: immutable, free of the file's syntax.</summary>
internal sealed record ExporterConfig
{
    /// <summary>Every target × module, in the order of the file.</summary>
    public ImmutableArray<TargetConfig> Targets { get; init; } = [];

    /// <summary>The file's modules by name.</summary>
    public ImmutableSortedDictionary<string, ModuleConfig> Modules { get; init; } =
        ImmutableSortedDictionary.Create<string, ModuleConfig>(StringComparer.Ordinal);

    /// <summary>The built-in modules that no module of the file hides, with the file's defaults.</summary>
    public ImmutableSortedDictionary<string, ModuleConfig> BuiltInModules { get; init; } =
        ImmutableSortedDictionary.Create<string, ModuleConfig>(StringComparer.Ordinal);

    /// <summary>How much is exported.</summary>
    public MetricsConfig Metrics { get; init; } = new();

    /// <summary>A module by its name, the file's or else a built-in one; null when there is none.</summary>
    public ModuleConfig? FindModule(string name) => Modules.GetValueOrDefault(name) ?? BuiltInModules.GetValueOrDefault(name);
}

/// <summary>The <c>metrics</c> section.</summary>
internal sealed record MetricsConfig
{
    /// <value>Default full.</value>
    public MetricsDetail Detail { get; init; } = MetricsDetail.Full;

    /// <value>Upper bounds of the round-trip histogram in seconds, ascending; none is a whole number, because
    /// "1" and "1.0" would be two series (text format against OpenMetrics).</value>
    public ImmutableArray<double> Buckets { get; init; } =
        [0.0001, 0.00025, 0.0005, 0.00075, 0.0015, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 10.5];
}

/// <summary>How much is exported for each target.</summary>
internal enum MetricsDetail
{
    /// <summary>Everything.</summary>
    Full,

    /// <summary>What the alert rules need: no histogram, phases or zero-valued reasons. For very many targets.</summary>
    Lean,
}
