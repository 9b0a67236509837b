namespace ZmqExporter.Configuration;

/// <summary>What a config file says, checked and complete: immutable, free of the file's syntax.</summary>
internal sealed record ExporterConfig
{
    /// <summary>Every target × module, in the order of the file.</summary>
    public EquatableArray<TargetConfig> Targets { get; init; } = [];

    /// <summary>The file's modules by name.</summary>
    public EquatableMap<ModuleConfig> Modules { get; init; }

    /// <summary>The built-in modules that no module of the file hides, with the file's defaults.</summary>
    public EquatableMap<ModuleConfig> BuiltInModules { get; init; }

    /// <summary>How much is exported.</summary>
    public MetricsConfig Metrics { get; init; } = new();

    /// <value>Where the state is kept over a restart; null when it is not. Default: null.</value>
    public string? StateFile { get; init; }

    /// <summary>Who may push heartbeats.</summary>
    public HeartbeatListenerConfig HeartbeatListener { get; init; } = new();

    /// <summary>What <c>/probe</c> may do.</summary>
    public ProbeEndpointConfig ProbeEndpoint { get; init; } = new();

    /// <summary>The labels that targets have unless they set them themselves: those of <see cref="Targets"/> have them already.</summary>
    public EquatableMap<string> DefaultLabels { get; init; }

    /// <summary>The modules of targets that name none: those of <see cref="Targets"/> have them already.</summary>
    public EquatableArray<string> DefaultModules { get; init; } = [];

    /// <summary>Files with more targets.</summary>
    public EquatableArray<TargetFilesConfig> TargetFiles { get; init; } = [];

    /// <summary>URLs of lists with more targets.</summary>
    public EquatableArray<TargetUrlConfig> TargetUrls { get; init; } = [];

    /// <summary>A module by its name, the file's or else a built-in one; null when there is none.</summary>
    public ModuleConfig? FindModule(string name) => Modules.GetValueOrDefault(name) ?? BuiltInModules.GetValueOrDefault(name);
}

/// <summary>The <c>metrics</c> section.</summary>
internal sealed record MetricsConfig
{
    /// <value>Default standard.</value>
    public MetricsDetail Detail { get; init; } = MetricsDetail.Standard;

    /// <value>Upper bounds of the round-trip histogram in seconds, ascending, for modules without their own. Default: those of the standard
    /// detail; a file that says none has those of its detail.</value>
    public EquatableArray<double> Buckets { get; init; } = RoundTripBuckets.DefaultOf(MetricsDetail.Standard);
}

/// <summary>How much is exported for each target.</summary>
internal enum MetricsDetail
{
    /// <summary>What the alert rules need: no histogram, phases or zero-valued reasons. For very many targets.</summary>
    Lean,

    /// <summary>What dashboards and alert rules need, with fewer buckets, and series by kind from their first occurrence.</summary>
    Standard,

    /// <summary>Everything.</summary>
    Full,
}
