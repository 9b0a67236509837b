using ZmqExporter.Configuration.Loading;

namespace ZmqExporter.Tests.Reloading;

public sealed class FileFingerprintTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("zmq_exporter-fingerprint-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Of_SameFile_IsTheSame() =>
        Assert.Equal(FileFingerprint.Of(Write("a.yml", "a")), FileFingerprint.Of(In("a.yml")));

    [Fact]
    public void Of_WrittenOrReplacedOrGone_IsAnother()
    {
        var path = Write("a.yml", "a");
        var before = FileFingerprint.Of(path);
        File.WriteAllText(path, "bb");
        var longer = FileFingerprint.Of(path);
        File.Move(Write("b.yml", "cc"), path, overwrite: true);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var replaced = FileFingerprint.Of(path);
        File.Delete(path);

        Assert.Equal(4, new HashSet<string>([before, longer, replaced, FileFingerprint.Of(path)], StringComparer.Ordinal).Count);
    }

    // As Kubernetes mounts a ConfigMap: only the link of the directory is turned, and the files may be as old and as long as before.
    [Fact]
    public void Of_LinkOfADirectoryIsTurned_IsAnother()
    {
        foreach (var version in new[] { "v1", "v2" })
        {
            Directory.CreateDirectory(In(version));
            File.SetLastWriteTimeUtc(Write($"{version}/zmq.yml", "same"), DateTime.UnixEpoch);
        }

        File.CreateSymbolicLink(In("..data"), "v1");
        File.CreateSymbolicLink(In("zmq.yml"), "..data/zmq.yml");
        var before = FileFingerprint.Of(In("zmq.yml"));
        File.Delete(In("..data"));
        File.CreateSymbolicLink(In("..data"), "v2");

        Assert.NotEqual(before, FileFingerprint.Of(In("zmq.yml")), StringComparer.Ordinal);
    }

    // tar, rsync and cp keep times, image builders set all to one, and certificates are often of one length.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_ReplacedOrWrittenWithTheSameLengthAndTime_IsAnother(bool isReplaced)
    {
        var path = Write("a.yml", "a");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var before = FileFingerprint.Of(path);
        if (isReplaced)
        {
            File.SetLastWriteTimeUtc(Write("b.yml", "b"), DateTime.UnixEpoch);
            File.Move(In("b.yml"), path, overwrite: true);
        }
        else
        {
            File.WriteAllText(path, "b");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        }

        Assert.NotEqual(before, FileFingerprint.Of(path), StringComparer.Ordinal);
    }

    [Fact]
    public void Of_NameThatIsNone_IsNoException() => Assert.NotEmpty(FileFingerprint.Of("a\0b"));

    [Fact]
    public void Of_LinksInACircle_IsNoException()
    {
        File.CreateSymbolicLink(In("a"), "b");
        File.CreateSymbolicLink(In("b"), "a");
        Assert.NotEmpty(FileFingerprint.Of(In("a")));
    }

    private string In(string name) => Path.Combine(_directory, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }
}
