using System.Text.Json;

namespace ZmqExporter.Tests.Cli;

public sealed class DiscoverTests : IDisposable
{
    private const string Nobody = "127.0.0.1:1";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_discover_");

    private string File => Path.Combine(_directory.FullName, "found.yml");

    [Theory]
    [InlineData("--config and --json exclude each other", "discover", "--config", "--json")]
    [InlineData("--force is for --write FILE", "discover", "--force")]
    [InlineData("--pid is for the sockets of this host", "discover", "10.0.0.1:1", "--pid", "1")]
    [InlineData("\"10.0.0.1\" has no port; write host:port", "discover", "10.0.0.1")]
    [InlineData("--rate: write a number from 1 to 1000", "discover", "--rate", "0")]
    [InlineData("at most 4096 are looked at; name fewer, or raise --max-addresses", "discover", "10.0.0.0/16:5555")]
    [InlineData("at most 2 are looked at", "discover", "10.0.0.1:1-3", "--max-addresses", "2")]
    public async Task Run_WrongUse_SaysSoAndExits3(string expected, params string[] arguments)
    {
        var (exitCode, output, error) = await CommandRun.RunAsync(arguments);

        Assert.Equal((3, ""), (exitCode, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_FileThatIsThere_IsLeftAloneUnlessForced()
    {
        Assert.Equal(0, (await CommandRun.RunAsync("discover", Nobody, "--write", File)).ExitCode);
        var written = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllTextAsync(File, "mine", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await CommandRun.RunAsync("discover", Nobody, "--write", File);

        Assert.Equal((1, "", $"zmq_exporter: {File} exists already and is left as it is: replace it with --force\n"), (exitCode, output, error));
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await CommandRun.RunAsync("discover", Nobody, "--write", File, "--force")).ExitCode);
        Assert.Equal(written, await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
        Assert.Equal([File], Directory.GetFileSystemEntries(_directory.FullName));
    }

    [Fact]
    public async Task Write_NoDirectory_SaysSoBeforeItLooks()
    {
        var (exitCode, _, error) = await CommandRun.RunAsync("discover", Nobody, "--write", Path.Combine(File, "x.yml"));

        Assert.Equal(1, exitCode);
        Assert.Contains("there is no directory", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discover_NobodyThere_SaysSoInEachForm()
    {
        Assert.Equal(
            $"ENDPOINT           PROGRAM  WHAT IT IS       SOCKET TYPE  MODULE  WHY\ntcp://{Nobody}  -        nothing listens  -            -\n0 ZeroMQ sockets, 1 others\n",
            (await CommandRun.RunAsync("discover", Nobody)).Output);
        Assert.Equal("0 ZeroMQ sockets, 0 others; nothing answered at 2 addresses\n", (await CommandRun.RunAsync("discover", "127.0.0.1:1-2")).Output);
        Assert.EndsWith($"#   tcp://{Nobody}: nothing listens\n", (await CommandRun.RunAsync("discover", Nobody, "--config")).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await CommandRun.RunAsync("discover", Nobody, "--json")).Output);
        Assert.Equal("refused", json.RootElement.GetProperty("kind").GetString());
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
