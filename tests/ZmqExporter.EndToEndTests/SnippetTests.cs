using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Example;

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
        var (work, health) = FreeEndpoints();
        await using var server = ChildProcess.Start(PythonPeer.Python, [Snippet("ping_server.py"), work, health], PythonPeer.Install);

        await CheckAsync(work, health);
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

        var (work, health) = FreeEndpoints();
        await using var server = ChildProcess.Start(program, [work, health], "it was built just now");

        await CheckAsync(work, health);
    }

    [Fact]
    public async Task CSharp_PingServer_AnswersForItsWork()
    {
        var (work, health) = FreeEndpoints();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var server = Task.Factory.StartNew(() => PingServer.Run(work, health, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await CheckAsync(work, health);

        await stop.CancelAsync();
        await server;
    }

    [Fact]
    public async Task Node_PingServer_AnswersForItsWork()
    {
        if (!System.IO.Directory.Exists(Path.Combine(NodeModules, "zeromq")))
        {
            TestContext.Current.AddWarning("not tested here: node, npm or the package zeromq is missing");
            return;
        }

        var (work, health) = FreeEndpoints();
        await using var server = ChildProcess.Start("env", [$"NODE_PATH={NodeModules}", "node", Snippet("ping_server.js"), work, health], "install Node.js");

        await CheckAsync(work, health);
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

    private static (string Work, string Health) FreeEndpoints()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (Endpoint(first), Endpoint(second));
    }

    private static string Endpoint(TcpListener listener) =>
        string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
}
