namespace ZmqExporter.Configuration;

/// <summary>A config or everything that keeps a file from being one: exactly one of the two is there.</summary>
/// <param name="Config">The config, or null.</param>
/// <param name="Errors">All errors by place; empty when there is a config.</param>
/// <param name="Files">What was read, or could not be: the config file first.</param>
internal sealed record ConfigResult(ExporterConfig? Config, EquatableArray<ConfigError> Errors, EquatableArray<FileState> Files)
{
    /// <value>What the config makes of lists of targets from elsewhere; null without a config.</value>
    public TargetListBinding? Lists { get; init; }
}

/// <summary>A file that a config was read from.</summary>
/// <param name="Path">As it was opened.</param>
/// <param name="Fingerprint">Its state before it was read; see <c>FileFingerprint</c>.</param>
internal readonly record struct FileState(string Path, string Fingerprint);
