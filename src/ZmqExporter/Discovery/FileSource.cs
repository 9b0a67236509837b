using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Discovery;

/// <summary>An entry of <c>target_files</c>: a file, or all that a pattern means. Not thread-safe.</summary>
/// <param name="config">The entry.</param>
internal sealed class FileSource(TargetFilesConfig config) : ITargetSource
{
    // Of a file that could not be opened: unlike any other, so that it is tried again, because a permission leaves no trace in the file.
    private const string Unread = "unread";

    private readonly Dictionary<string, TargetList> _lists = new(StringComparer.Ordinal);
    private ConfigError? _unlisted;

    /// <inheritdoc />
    public string Name => config.Pattern;

    /// <inheritdoc />
    public TimeSpan RefreshInterval => DiscoveryService.Period;

    /// <summary>The entry.</summary>
    public TargetFilesConfig Config => config;

    /// <summary>The files as they were when they were read, in order.</summary>
    public EquatableArray<FileState> Files { get; private set; } = [];

    /// <inheritdoc />
    public IEnumerable<DiscoveredTarget> Targets => Files.SelectMany(file => _lists[file.Path].Targets);

    /// <inheritdoc />
    public EquatableArray<ConfigError> Errors =>
        [.. Files.SelectMany(file => _lists[file.Path].Errors), .. _unlisted is null ? Array.Empty<ConfigError>() : [_unlisted]];

    /// <inheritdoc />
    public EquatableArray<ConfigError> Warnings => [.. Files.SelectMany(file => _lists[file.Path].Warnings)];

    /// <inheritdoc />
    public bool IsComplete => _unlisted is null && Files.All(file => _lists[file.Path].WasGood);

    /// <inheritdoc />
    public bool KeepsGood => Files.Any(file => _lists[file.Path].KeepsGood);

    /// <summary>Takes over what another one, which ends, has of these files. They are read again, and what was good last stays if they broke.</summary>
    public void Adopt(FileSource before)
    {
        foreach (var (path, list) in before._lists)
        {
            _lists.TryAdd(path, list);
        }
    }

    /// <summary>The files as they are now. A directory that cannot be read is taken for one that has not changed.</summary>
    /// <param name="timed">How long that may take.</param>
    public EquatableArray<FileState> Look(TimedFiles timed)
    {
        try
        {
            var files = timed.Run<EquatableArray<FileState>>(
                config.Path, () => [.. FilePattern.Find(config.Path).Select(path => new FileState(path, FileFingerprint.Of(path)))]);
            _unlisted = null;
            return files;
        }
        catch (FileTooSlowException exception)
        {
            _unlisted = new ConfigError(
                config.Path, 0, 0, "", $"the directory was {exception.Message} read", "check whether its file system hangs");
            return Files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _unlisted = new ConfigError(
                config.Path, 0, 0, "", $"the directory cannot be read: {exception.GetType().Name}", "check that the exporter's user may read it");
            return Files;
        }
    }

    /// <summary>Reads the files that have changed, and forgets those that are gone.</summary>
    /// <param name="files">What <see cref="Look"/> saw.</param>
    /// <param name="inputs">Where files come from.</param>
    /// <param name="binding">What the config makes of them.</param>
    public void Read(EquatableArray<FileState> files, ConfigInputs inputs, TargetListBinding binding)
    {
        var before = Files.ToDictionary(file => file.Path, file => file.Fingerprint, StringComparer.Ordinal);
        Files = [.. files.Select(file => before.GetValueOrDefault(file.Path) == file.Fingerprint ? file : Read(file, inputs, binding))];
        foreach (var gone in _lists.Keys.Except(Files.Select(file => file.Path), StringComparer.Ordinal).ToArray())
        {
            _lists.Remove(gone);
        }
    }

    /// <inheritdoc />
    public void Rebind(TargetListBinding binding)
    {
        foreach (var file in Files)
        {
            _lists[file.Path].Rebind(binding);
        }
    }

    private FileState Read(FileState file, ConfigInputs inputs, TargetListBinding binding)
    {
        if (!_lists.TryGetValue(file.Path, out var list))
        {
            list = new TargetList(file.Path, file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
            _lists.Add(file.Path, list);
        }

        if (BoundedFile.TryRead(inputs, file.Path, TargetListLoader.MaxSize, out var text, out var failure))
        {
            list.Read(text, binding);
            return file;
        }

        list.Fail($"the file {failure.Message}", failure.Remedy, failure.Line, failure.Column);
        return failure.IsUnread ? file with { Fingerprint = Unread } : file;
    }
}
