using System.Collections.Immutable;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>What <c>check-config</c> says of the files that a config names.</summary>
/// <param name="Targets">The targets of the config and of its files.</param>
/// <param name="Errors">All that is wrong with the files, and targets that would be left out.</param>
internal sealed record TargetFilesCheck(ImmutableArray<TargetConfig> Targets, EquatableArray<ConfigError> Errors)
{
    /// <summary>Reads the files.</summary>
    /// <param name="loaded">A config without errors.</param>
    /// <param name="inputs">Where files come from.</param>
    public static TargetFilesCheck Of(ConfigResult loaded, ConfigInputs inputs)
    {
        var config = loaded.Config ?? throw new ArgumentException("it has errors", nameof(loaded));
        var timed = new TimedFiles(TimedFiles.DefaultLimit);
        inputs = timed.Limit(inputs);
        var sources = config.TargetFiles.Select(files => new FileSource(files)).ToArray();
        foreach (var source in sources)
        {
            source.Read(source.Look(timed), inputs, loaded.Lists!);
        }

        var merged = MergedTargets.Of(config, loaded.Lists!, sources);
        return new TargetFilesCheck(
            merged.Targets, [.. sources.SelectMany(source => source.Errors), .. merged.Conflicts.Select(conflict => conflict.Error)]);
    }
}
