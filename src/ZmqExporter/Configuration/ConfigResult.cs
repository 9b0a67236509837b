namespace ZmqExporter.Configuration;

/// <summary>A config or everything that keeps a file from being one: exactly one of the two is there.</summary>
/// <param name="Config">The config, or null.</param>
/// <param name="Errors">All errors by place; empty when there is a config.</param>
internal sealed record ConfigResult(ExporterConfig? Config, EquatableArray<ConfigError> Errors);
