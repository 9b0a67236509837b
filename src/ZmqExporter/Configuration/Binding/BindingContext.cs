using System.Collections.Immutable;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Binding;

/// <summary>What the binders of one load share.</summary>
/// <param name="Errors">Where errors go.</param>
/// <param name="Inputs">Environment and files.</param>
/// <param name="Directory">The config file's directory: paths in it are relative to this.</param>
internal sealed record BindingContext(ConfigErrors Errors, ConfigInputs Inputs, string Directory)
{
    /// <value>Modules beside those of the file, by name, for <c>extends</c> and <c>targets</c>; the file's win.</value>
    public ImmutableSortedDictionary<string, YamlMapping> BuiltInModules { get; init; } =
        ImmutableSortedDictionary.Create<string, YamlMapping>(StringComparer.Ordinal);

    /// <value>The <c>metrics</c> section, whose buckets are those of modules without their own.</value>
    public MetricsConfig Metrics { get; init; } = new();
}
