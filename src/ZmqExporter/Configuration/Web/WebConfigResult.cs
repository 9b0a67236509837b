namespace ZmqExporter.Configuration.Web;

/// <summary>A web config or everything that keeps a file from being one: exactly one of the two is there.</summary>
/// <param name="Config">The config, or null.</param>
/// <param name="Errors">All errors by place; empty when there is a config.</param>
/// <param name="Warnings">What a config says and what has no effect, or not the one that was meant.</param>
/// <param name="Files">What was read, or could not be: the file itself first.</param>
internal sealed record WebConfigResult(
    WebConfig? Config, EquatableArray<ConfigError> Errors, EquatableArray<ConfigError> Warnings, EquatableArray<FileState> Files);
