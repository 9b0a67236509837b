using ZmqExporter.Configuration.Binding;
using ZmqExporter.Configuration.Reading;

namespace ZmqExporter.Configuration.Loading;

/// <summary>Loads a config file: a config, or all of its errors at once. Thread-safe.</summary>
internal static class ConfigLoader
{
    /// <summary>The most bytes that a config file may have.</summary>
    internal const int MaxFileSize = 16 * 1024 * 1024;

    /// <summary>Loads a file with the process's environment. Never throws because of what the file holds.</summary>
    public static ConfigResult Load(string path) => Load(path, ConfigInputs.System);

    /// <summary>Loads a file.</summary>
    /// <param name="path">The file; errors name it like this.</param>
    /// <param name="inputs">Environment and files.</param>
    public static ConfigResult Load(string path, ConfigInputs inputs)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var recording = inputs with
        {
            ReadFile = (file, limit) =>
            {
                files.TryAdd(file, FileFingerprint.Of(file));
                return inputs.ReadFile(file, limit);
            },
        };
        var errors = new ConfigErrors();
        if (!BoundedFile.TryRead(recording, path, MaxFileSize, out var text, out var failure))
        {
            errors.Add(new YamlMark(path, failure.Line, failure.Column), "", $"the config file {failure.Message}", failure.Remedy);
            return new ConfigResult(null, errors.ToSorted(), States());
        }

        if (text.Length == 0 && FileStatus.Of(path) is { Kind: FileKind.Other })
        {
            errors.Add(new YamlMark(path, 0, 0), "", "the config file is a pipe, and nothing is left in it", "name a file: a pipe can be read once");
            return new ConfigResult(null, errors.ToSorted(), States());
        }

        return Parse(text, path, recording, errors) with { Files = States() };

        EquatableArray<FileState> States() => [.. files.Select(file => new FileState(file.Key, file.Value))];
    }

    /// <summary>Loads a text as if it stood in that file.</summary>
    public static ConfigResult Parse(string text, string path, ConfigInputs inputs) => Parse(text, path, inputs, new ConfigErrors());

    private static ConfigResult Parse(string text, string path, ConfigInputs inputs, ConfigErrors errors)
    {
        var (root, problems) = YamlReader.Read(text, path, new EnvironmentExpander(inputs.Environment).Expand);
        foreach (var problem in problems)
        {
            errors.Add(problem.Mark, problem.Path, problem.Message, problem.Remedy);
        }

        var context = new BindingContext(errors, inputs, Path.GetDirectoryName(path) ?? "")
        {
            BuiltInModules = BuiltInModuleConfigs.All,
        };
        var bound = root is null ? null : ConfigBinder.Bind(root, context);
        var result = errors.Count == 0 && bound is not null
            ? new ConfigResult(bound.Config, [], []) { Origins = bound.Origins, Document = MaskedDocument.Of(root!) }
            : new ConfigResult(null, errors.ToSorted(), []);
        if (root is not null)
        {
            // Where there is an error, a warning about the same value says nothing more.
            var places = result.Errors.Select(error => (error.Line, error.Column)).ToHashSet();
            result = result with { Warnings = [.. SuspiciousText.Find(root).Where(warning => !places.Contains((warning.Line, warning.Column)))] };
        }

        if (result.Config is { } config)
        {
            result = result with
            {
                Warnings = [.. result.Warnings, .. UnusedCaptures.Find(config, result.Origins!), .. SharedRoutingIds.Find(path, config.Targets)],
            };
        }

        return bound is null ? result : result with { Lists = TargetListLoader.BindingOf(bound), TargetFiles = bound.Config.TargetFiles };
    }
}
