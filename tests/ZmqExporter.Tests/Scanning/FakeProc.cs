using System.Globalization;

namespace ZmqExporter.Tests.Scanning;

/// <summary>A directory like proc(5).</summary>
internal sealed class FakeProc : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_proc_");

    public string Path => _directory.FullName;

    public void Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void AddProcess(int id, string command, string commandLine, params int[] sockets)
    {
        var name = id.ToString(CultureInfo.InvariantCulture);
        Write($"{name}/comm", $"{command}\n");
        Write($"{name}/cmdline", $"{commandLine}\0");
        var descriptors = Directory.CreateDirectory(System.IO.Path.Combine(Path, name, "fd")).FullName;
        for (var i = 0; i < sockets.Length; i++)
        {
            File.CreateSymbolicLink(System.IO.Path.Combine(descriptors, i.ToString(CultureInfo.InvariantCulture)), string.Create(CultureInfo.InvariantCulture, $"socket:[{sockets[i]}]"));
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
