using System.Runtime.Versioning;
using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Cli;

public sealed class NewFileTests : IDisposable
{
    private const UnixFileMode All =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_new_file_");

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Write_FileForEverybody_IsOneWhateverTheUmaskTakes()
    {
        var path = Path.Combine(_directory.FullName, "key.pub"); // every usual umask takes what others may write

        Assert.Null(new NewFile(path, All, "").Write("key"));

        Assert.Equal((All, "key\n"), (File.GetUnixFileMode(path), File.ReadAllText(path)));
    }

    [Fact]
    public void Write_FullDisk_LeavesNoHalfFile()
    {
        var path = Path.Combine(_directory.FullName, "key");
        var file = new NewFile(path, UnixFileMode.UserRead | UnixFileMode.UserWrite, "");

        var problem = file.Write(stream =>
        {
            stream.WriteByte((byte)'k');
            throw new IOException("No space left on device");
        });

        Assert.Equal(($"{path} cannot be written: No space left on device", false), (problem, File.Exists(path)));
        Assert.Null(file.Write("key"));
        Assert.NotNull(file.Write("another")); // which is left as it is
        Assert.Equal("key\n", File.ReadAllText(path));
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
