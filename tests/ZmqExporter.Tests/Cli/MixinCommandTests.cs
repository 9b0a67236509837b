using ZmqExporter.Mixin;

namespace ZmqExporter.Tests.Cli;

public sealed class MixinCommandTests : IDisposable
{
    private const string Rules = "zmq_targets.rules.yml";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_mixin_");

    private string Out => Path.Combine(_directory.FullName, "new", "out");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Mixin_Twice_WritesOnceAndLeavesNothingElse()
    {
        Assert.Equal((0, $"{Out}: 12 written, 0 unchanged\n", ""), await CommandRun.RunAsync("mixin", "--out", Out));
        Assert.Equal((0, $"{Out}: 0 written, 12 unchanged\n", ""), await CommandRun.RunAsync("mixin", "--out", Out));

        Assert.Equal(13, Directory.GetFileSystemEntries(Out).Length);
        Assert.Equal(Repository.Read($"alerts/{Rules}"), await ReadAsync(Rules));
    }

    [Fact]
    public async Task Mixin_OtherParameters_ReplaceWhatItWroteItself()
    {
        await CommandRun.RunAsync("mixin", "--out", Out, "--format", "all");

        Assert.Equal(
            (0, $"{Out}: 7 written, 0 unchanged\n", ""),
            await CommandRun.RunAsync("mixin", "--out", Out, "--format", "rules", "--config", Config("severity_page: page\nselector: a=\"b\"\n")));
        Assert.Contains("severity: page", await ReadAsync(Rules), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mixin_FileOfSomebodyElse_IsLeftAndSaysHowToMendIt()
    {
        Directory.CreateDirectory(Out);
        await File.WriteAllTextAsync(Path.Combine(Out, Rules), "mine", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await CommandRun.RunAsync("mixin", "--out", Out);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal(
            $"zmq_exporter: {Path.Combine(Out, Rules)} was not written by this command, or was changed since: nothing is written; move your changes elsewhere, or overwrite it with --force\n",
            error);
        Assert.Equal([Path.Combine(Out, Rules)], Directory.GetFileSystemEntries(Out));
        Assert.Equal(0, (await CommandRun.RunAsync("mixin", "--out", Out, "--force")).ExitCode);
        Assert.Equal(Repository.Read($"alerts/{Rules}"), await ReadAsync(Rules));
    }

    [Fact]
    public async Task Mixin_FileThatWasChangedSince_IsLeft()
    {
        await CommandRun.RunAsync("mixin", "--out", Out);
        await File.AppendAllTextAsync(Path.Combine(Out, Rules), "# mine\n", TestContext.Current.CancellationToken);

        Assert.Equal(1, (await CommandRun.RunAsync("mixin", "--out", Out)).ExitCode);
        Assert.EndsWith("# mine\n", await ReadAsync(Rules), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mixin_BadParameters_WritesNothing()
    {
        var config = Config("selektor: x\nseverity_page: ''\n");

        var (exitCode, _, error) = await CommandRun.RunAsync("mixin", "--out", Out, "--config", config);

        Assert.Equal(1, exitCode);
        Assert.Equal([$"{config}:1:1", $"{config}:2:16"], error.TrimEnd('\n').Split('\n').Select(line => line.Split(": ")[0]), StringComparer.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public async Task Mixin_DirectoryThatIsAFile_IsSaidInOneLine()
    {
        var (exitCode, _, error) = await CommandRun.RunAsync("mixin", "--out", Config("x"));

        Assert.Equal(1, exitCode);
        Assert.Contains("cannot be written", Assert.Single(error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    // The last file to take its place cannot: there is a directory of its name.
    [Fact]
    public async Task Mixin_FailureInTheEnd_LeavesNoHalfFiles()
    {
        Directory.CreateDirectory(Path.Combine(Out, MixinDirectory.SumsFile));

        Assert.Equal(1, (await CommandRun.RunAsync("mixin", "--out", Out)).ExitCode);

        Assert.All(Directory.GetFiles(Out), file => Assert.DoesNotContain(".tmp", file, StringComparison.Ordinal));
        Assert.Equal(Repository.Read($"alerts/{Rules}"), await ReadAsync(Rules));
    }

    [Fact]
    public async Task Mixin_UnknownFormat_IsAnErrorOfTheCommandLine() =>
        Assert.Equal(3, (await CommandRun.RunAsync("mixin", "--out", Out, "--format", "jsonnet")).ExitCode);

    private string Config(string text)
    {
        var path = Path.Combine(_directory.FullName, "mixin.yml");
        File.WriteAllText(path, text);
        return path;
    }

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(Out, name), TestContext.Current.CancellationToken);
}
