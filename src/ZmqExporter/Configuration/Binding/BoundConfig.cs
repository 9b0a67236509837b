using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>A config that was bound, with what is needed to bind targets that come later.</summary>
/// <param name="Config">The config; it counts only when there are no errors.</param>
/// <param name="Parts">What makes a target.</param>
/// <param name="Places">Where the names of its own targets stand.</param>
internal sealed record BoundConfig(ExporterConfig Config, TargetParts Parts, IReadOnlyDictionary<string, YamlMark> Places)
{
    /// <value>Where the settings of its targets come from; null when there are errors.</value>
    public ConfigOrigins? Origins { get; init; }
}
