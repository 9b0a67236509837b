namespace ZmqExporter.Configuration.Loading;

/// <summary>Notes which files a load reads, and the state of each before that. Not thread-safe.</summary>
internal sealed class FileRecorder
{
    private readonly List<FileState> _files = [];

    /// <param name="inputs">Does the reading.</param>
    public FileRecorder(ConfigInputs inputs) => Inputs = inputs with
    {
        ReadFile = (file, limit) =>
        {
            if (!_files.Exists(known => known.Path == file))
            {
                _files.Add(new FileState(file, FileFingerprint.Of(file)));
            }

            return inputs.ReadFile(file, limit);
        },
    };

    /// <summary>What a load shall use.</summary>
    public ConfigInputs Inputs { get; }

    /// <summary>The files so far, in the order in which they were first read.</summary>
    public EquatableArray<FileState> States => [.. _files];
}
