using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;

namespace ZmqExporter.Cli;

/// <summary>All that <c>check-config</c> finds out about a configuration and the files that it names. Immutable.</summary>
/// <param name="File">The configuration, as the user named it.</param>
/// <param name="Config">The configuration; null after an error in it.</param>
/// <param name="Errors">All errors, those of the configuration first, then by file and place.</param>
/// <param name="Warnings">What is no error, and most likely not what was meant.</param>
internal sealed record ConfigCheck(string File, ExporterConfig? Config, ImmutableArray<ConfigError> Errors, ImmutableArray<ConfigError> Warnings)
{
    /// <summary>The name that stands for the standard input.</summary>
    public const string StandardInput = "-";

    private const string ShownStandardInput = "standard input";

    /// <value>Every target with every module of it, also those of files; empty after an error.</value>
    public ImmutableArray<TargetConfig> Targets { get; private init; } = [];

    /// <value>How many targets there are: one has an entry for each of its modules.</value>
    public int TargetCount => Targets.Select(target => target.Name).Distinct(StringComparer.Ordinal).Count();

    private Func<TargetConfig, EquatableArray<EffectiveSetting>> Explain { get; init; } = _ => [];

    /// <summary>Checks a file, or the standard input.</summary>
    public static ConfigCheck Of(string file)
    {
        var (name, loaded) = file == StandardInput ? (ShownStandardInput, LoadStandardInput()) : (file, ConfigLoader.Load(file));
        var listed = ListedTargets.OfFiles(loaded, ConfigInputs.System);
        ImmutableArray<ConfigError> errors = [.. loaded.Errors, .. listed.Errors];
        return loaded.Config is { } config && errors.IsEmpty
            ? new ConfigCheck(name, config, [], Sorted(name, [.. loaded.Warnings.Union(SharedRoutingIds.Find(name, listed.Targets)), .. listed.Warnings, .. UnusedModules.Find(config, loaded.Origins!, listed.Targets), .. NoTargets(name, config, listed.Targets)]))
            {
                Targets = listed.Targets,
                Explain = target => loaded.Origins!.Explain(target, listed.Listed.TryGetValue(target.Name, out var own) ? own : null),
            }
            : new ConfigCheck(name, loaded.Config, Sorted(name, errors), Sorted(name, [.. loaded.Warnings, .. listed.Warnings]));
    }

    /// <summary>All settings of a target with a module, and where each comes from.</summary>
    public EquatableArray<EffectiveSetting> SettingsOf(TargetConfig target) => Explain(target);

    private static ConfigResult LoadStandardInput()
    {
        using var input = Console.OpenStandardInput();
        return Load(input);
    }

    /// <summary>Loads the configuration that the standard input has. Files that it names are looked for in the current directory.</summary>
    /// <param name="input">The standard input; of one that does not end, no more is read than a file may have.</param>
    public static ConfigResult Load(Stream input)
    {
        var buffer = new byte[ConfigLoader.MaxFileSize + 1];
        var bytes = buffer[..input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        var inputs = ConfigInputs.System;
        return ConfigLoader.Load(ShownStandardInput, inputs with
        {
            ReadFile = (path, limit) => path == ShownStandardInput ? bytes[..Math.Min(bytes.Length, limit)] : inputs.ReadFile(path, limit),
        });
    }

    // The configuration first: what is wrong in its lists may follow from it.
    private static ImmutableArray<ConfigError> Sorted(string first, IEnumerable<ConfigError> errors) =>
    [
        .. errors.OrderBy(error => error.File != first)
            .ThenBy(error => error.File, StringComparer.Ordinal)
            .ThenBy(error => error.Line)
            .ThenBy(error => error.Column),
    ];

    private static IEnumerable<ConfigError> NoTargets(string file, ExporterConfig config, ImmutableArray<TargetConfig> targets) =>
        targets.IsEmpty && config.TargetUrls.IsEmpty ? [new ConfigError(file, 0, 0, "", "there are no targets, so nothing will be probed", "")] : [];
}
