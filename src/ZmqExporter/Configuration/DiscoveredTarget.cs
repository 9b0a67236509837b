namespace ZmqExporter.Configuration;

/// <summary>A target of a list from elsewhere. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Place">Where it stands, as <c>file:line:column</c>.</param>
/// <param name="Configs">One for each of its modules.</param>
internal sealed record DiscoveredTarget(string Name, ConfigPlace Place, EquatableArray<TargetConfig> Configs)
{
    /// <value>What it sets itself, and where.</value>
    public EquatableArray<KeyPlace> Own { get; init; } = [];
}

/// <summary>A place in a file, or in the answer of a URL.</summary>
/// <param name="File">The file as the user named it, or the URL.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct ConfigPlace(string File, int Line, int Column)
{
    /// <summary>As in errors.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}

/// <summary>A list of targets, or everything that keeps a text from being one. Immutable.</summary>
/// <param name="Targets">The targets; empty when there are errors.</param>
/// <param name="Errors">All errors by place.</param>
internal sealed record TargetListResult(EquatableArray<DiscoveredTarget> Targets, EquatableArray<ConfigError> Errors)
{
    /// <summary>What has no effect, and may have been meant to have one.</summary>
    public EquatableArray<ConfigError> Warnings { get; init; } = [];
}

/// <summary>What a config makes of lists of targets from elsewhere.</summary>
/// <param name="Read">Reads one: its text, where that comes from, and whether it is JSON and not YAML. Not thread-safe.</param>
/// <param name="Places">Where the names of the config's own targets stand.</param>
internal sealed record TargetListBinding(Func<string, string, bool, TargetListResult> Read, IReadOnlyDictionary<string, ConfigPlace> Places);
