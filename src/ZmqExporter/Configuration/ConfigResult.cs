namespace ZmqExporter.Configuration;

/// <summary>A config or everything that keeps a file from being one: exactly one of the two is there.</summary>
/// <param name="Config">The config, or null.</param>
/// <param name="Errors">All errors by place; empty when there is a config.</param>
/// <param name="Files">What was read, or could not be: the config file first.</param>
internal sealed record ConfigResult(ExporterConfig? Config, EquatableArray<ConfigError> Errors, EquatableArray<FileState> Files)
{
    /// <value>What the config makes of lists of targets from elsewhere; null when the document is no mapping. With errors in the config it is only good for
    /// finding more of them, in the lists.</value>
    public TargetListBinding? Lists { get; init; }

    /// <value>The files with more targets, also of a config with errors.</value>
    public EquatableArray<TargetFilesConfig> TargetFiles { get; init; } = [];

    /// <value>Where the settings of the targets come from; null without a config.</value>
    public ConfigOrigins? Origins { get; init; }

    /// <value>The config file for anybody to see: YAML in UTF-8 without secrets and comments; empty without a config.</value>
    public ReadOnlyMemory<byte> Document { get; init; }

    /// <value>What is no error, and most likely not what was meant, by place.</value>
    public EquatableArray<ConfigError> Warnings { get; init; } = [];
}

/// <summary>A file that a config was read from.</summary>
/// <param name="Path">As it was opened.</param>
/// <param name="Fingerprint">Its state before it was read; see <c>FileFingerprint</c>.</param>
internal sealed record FileState(string Path, string Fingerprint);
