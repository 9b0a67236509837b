using System.Diagnostics;
using ZmqExporter.Discovery;

namespace ZmqExporter.Tests.Discovery;

public sealed class FilePatternTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("zmq_exporter-pattern-").FullName;

    public FilePatternTests()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "dir.yml"));
        foreach (var name in new[] { "b.yml", "a.yml", ".hidden.yml", "a.yaml", "a.json", "dc_1.yml", "dc_x_1.yml", "what?.yml", "[a].yml", "a.yml.swp" })
        {
            File.WriteAllText(Path.Combine(_directory, name), "");
        }
    }

    // To open it would wait for somebody who writes into it, and whoever may write into the directory could make one.
    [Theory]
    [InlineData("pipe*.yml")]
    [InlineData("pipe.yml")]
    [InlineData("pipe_link.yml")]
    public void Find_Pipe_IsNoFile(string pattern)
    {
        using (var mkfifo = Process.Start("mkfifo", Path.Combine(_directory, "pipe.yml")))
        {
            mkfifo.WaitForExit();
        }

        File.CreateSymbolicLink(Path.Combine(_directory, "pipe_link.yml"), "pipe.yml");
        Assert.Empty(FilePattern.Find(Path.Combine(_directory, pattern)));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("*.yml", ".hidden.yml [a].yml a.yml b.yml dc_1.yml dc_x_1.yml what?.yml")]
    [InlineData("dc_*.yml", "dc_1.yml dc_x_1.yml")]
    [InlineData("dc_*_*.yml", "dc_x_1.yml")]
    [InlineData("a.yml", "a.yml")]
    [InlineData("*.json", "a.json")]
    [InlineData("w*?.yml", "what?.yml")]
    [InlineData("[a]*.yml", "[a].yml")]
    [InlineData("none.yml", "")]
    [InlineData("none*.yml", "")]
    [InlineData("dir.yml", "")]
    [InlineData("nowhere/*.yml", "")]
    public void Find_Pattern_GivesItsFilesInOrder(string pattern, string expected) =>
        Assert.Equal(expected, string.Join(' ', FilePattern.Find(Path.Combine(_directory, pattern)).Select(Path.GetFileName)));
}
