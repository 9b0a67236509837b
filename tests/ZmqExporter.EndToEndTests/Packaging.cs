namespace ZmqExporter.EndToEndTests;

/// <summary>
/// The packages of the native program, made once for all tests of a class: two times the same, and a newer one. They are begun with the first test of all, and
/// nobody waits for them but who needs them: tests that begin only when a fixture is ready come last of all.
/// </summary>
public sealed class Packaging : IAsyncLifetime
{
    /// <summary>The version of the newer one.</summary>
    public const string NewVersion = "9.9.9";

    private readonly TempDirectory _directory = new();

    /// <summary>Ends when they are made.</summary>
    internal Task Made { get; private set; } = Task.CompletedTask;

    /// <summary>Where the packages are, in <c>one</c>, <c>two</c> and <c>new</c>.</summary>
    internal string Path => _directory.Path;

    /// <summary>The one file of a kind.</summary>
    internal string File(string build, string pattern) => Assert.Single(Directory.GetFiles(System.IO.Path.Combine(Path, build), pattern));

    /// <inheritdoc />
    public ValueTask InitializeAsync()
    {
        Made = MakeAsync();
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a program that must succeed, and gives what it printed.</summary>
    internal async Task<string> RunAsync(string program, string install, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, install, Path);
        Assert.True(await process.WaitForExitAsync(TimeSpan.FromMinutes(5)) == 0, process.Transcript());
        return string.Join('\n', process.Output);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(Made);
        _directory.Dispose();
    }

    private async Task MakeAsync()
    {
        await BuildAsync("one", "tar", "deb", "rpm", "tool");
        await BuildAsync("two", "tar", "deb");
        await BuildAsync("new", "--version", NewVersion, "deb", "rpm");
    }

    private async Task BuildAsync(string name, params string[] words)
    {
        await RunAsync(
            "env",
            "it comes with coreutils",
            [$"ZMQ_EXPORTER={ExporterProcess.Native}", "SOURCE_DATE_EPOCH=1700000000", System.IO.Path.Combine(Repository.Root, "packaging", "build.sh"), "--output", System.IO.Path.Combine(Path, name), .. words]);
    }
}
