namespace ZmqExporter.EndToEndTests.Harness;

/// <summary>A directory that goes with its owner.</summary>
internal sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_test_");

    /// <summary>Its path.</summary>
    public string Path => _directory.FullName;

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc />
    public void Dispose() => _directory.Delete(recursive: true);
}
