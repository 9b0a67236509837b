namespace ZmqExporter.EndToEndTests;

/// <summary>
/// The servers of docs/choosing-a-probe.md: each one is started as its first lines say, and probed. That of Node needs node and
/// the npm package zeromq, which tests/run.sh installs where npm is there; on a machine without them its test says so and
/// passes, because Debian's npm drags in hundreds of packages.
/// </summary>
public sealed class SnippetTests
{
    private static readonly string Directory = Path.Combine(Repository.Root, "docs", "snippets");
    private static readonly string NodeModules = Path.Combine(Repository.Root, "artifacts", "node", "node_modules");

    public static TheoryData<string> Files => [.. System.IO.Directory.GetFiles(Directory).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Document_EachSnippet_IsTheFile(string file) => Assert.Contains(
        $"\n{Repository.Read($"docs/snippets/{file}")}```\n", Repository.Read("docs/choosing-a-probe.md"), StringComparison.Ordinal);

    [Fact]
    public async Task Python_PingServer_AnswersForItsWork()
    {
        using var work = new ReservedPort();
        using var health = new ReservedPort();
        await using var server = ChildProcess.Start(PythonPeer.Python, [Snippet("ping_server.py"), work.Endpoint, health.Endpoint], PythonPeer.Install);

        await CheckAsync(work.Endpoint, health.Endpoint);
    }

    [Fact]
    public async Task Cpp_PingServer_AnswersForItsWork()
    {
        using var directory = new TempDirectory();
        var program = Path.Combine(directory.Path, "ping_server");
        await using (var compiler = ChildProcess.Start(
            "g++", ["-std=c++17", "-Wall", "-Wextra", "-Werror", Snippet("ping_server.cpp"), "-lzmq", "-o", program], "install it with: apt-get install g++ libzmq3-dev"))
        {
            Assert.True(await compiler.WaitForExitAsync() == 0, compiler.Transcript());
        }

        using var work = new ReservedPort();
        using var health = new ReservedPort();
        await using var server = ChildProcess.Start(program, [work.Endpoint, health.Endpoint], "it was built just now");

        await CheckAsync(work.Endpoint, health.Endpoint);
    }

    [Fact]
    public async Task CSharp_PingServer_AnswersForItsWork()
    {
        using var work = new ReservedPort();
        using var health = new ReservedPort();
        await using var server = NetMqPeer.StartProcess("snippet", work.Endpoint, health.Endpoint);

        await CheckAsync(work.Endpoint, health.Endpoint);
    }

    [Fact]
    public async Task Node_PingServer_AnswersForItsWork()
    {
        if (!System.IO.Directory.Exists(Path.Combine(NodeModules, "zeromq")))
        {
            TestContext.Current.AddWarning("not tested here: node, npm or the package zeromq is missing");
            return;
        }

        using var work = new ReservedPort();
        using var health = new ReservedPort();
        await using var server = ChildProcess.Start("env", [$"NODE_PATH={NodeModules}", "node", Snippet("ping_server.js"), work.Endpoint, health.Endpoint], "install Node.js");

        await CheckAsync(work.Endpoint, health.Endpoint);
    }

    private static string Snippet(string file) => Path.Combine(Directory, file);

    private static async Task CheckAsync(string work, string health)
    {
        Assert.Equal("HELLO", await ZmqCheck.AskAsync("REQ", work, "hello"));
        Assert.Equal(0, (await PingAsync(health)).ExitCode);

        Assert.StartsWith("error: ", await ZmqCheck.AskAsync("REQ", work, "fail"), StringComparison.Ordinal);
        var failed = await PingAsync(health);
        Assert.Equal(2, failed.ExitCode);
        Assert.Contains("not ready: the database is away", failed.Output, StringComparison.Ordinal);

        Assert.Equal("AGAIN", await ZmqCheck.AskAsync("REQ", work, "again"));
        Assert.Equal(0, (await PingAsync(health)).ExitCode);
    }

    private static Task<CommandResult> PingAsync(string endpoint) => ExporterProcess.RunAsync("probe", endpoint, "--send", "ping", "--expect", "pong");
}
