using System.Text.RegularExpressions;
using ZmqExporter.Modules;

namespace ZmqExporter.EndToEndTests;

/// <summary>What the README tells people to type works.</summary>
public sealed class ReadmeTests
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task QuickStart_ItsConfiguration_IsValid()
    {
        using var directory = new TempDirectory();
        var config = Blocks("yaml").Single(block => block.StartsWith("targets:", StringComparison.Ordinal));

        var result = await ExporterProcess.RunAsync("check-config", directory.Write("zmq_exporter.yml", config));

        Assert.True(result.ExitCode == 0, result.Error);
    }

    [Fact]
    public async Task QuickStart_ItsServer_IsFoundReady()
    {
        using var directory = new TempDirectory();
        await using var server = StartServer(directory);
        var endpoint = await EndpointAsync(server);

        await using var exporter = await ExporterProcess.StartAsync(Config(endpoint));
        await EventuallyReadyAsync(exporter);
    }

    [Fact]
    public async Task QuickStart_ItsFirstProbe_UsesTheModuleOfItsConfiguration()
    {
        using var directory = new TempDirectory();
        await using var server = StartServer(directory);
        var endpoint = await EndpointAsync(server);
        var config = directory.Write("zmq_exporter.yml", Config(endpoint));

        var result = await ExporterProcess.RunAsync(Arguments(Probes().First(), endpoint, config));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("> \"ZHB1\" | ", result.Output, StringComparison.Ordinal);
        Assert.Contains(" | \"SERVING\" | ", result.Output, StringComparison.Ordinal);
        Assert.Contains("zmq_heartbeat_value{name=\"queue_depth\"} 0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuickStart_ItsServer_KeepsToTheProtocol()
    {
        using var directory = new TempDirectory();
        await using var server = StartServer(directory);

        var result = await ExporterProcess.RunAsync("conformance", await EndpointAsync(server), "--timeout", "10s");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    // A server that takes one frame of a message and leaves the rest fails at its next step, or gives every later client a wrong answer.
    [Fact]
    public async Task QuickStart_EveryProbe_LeavesItsServerToTheOthers()
    {
        using var directory = new TempDirectory();
        await using var server = StartServer(directory);
        var endpoint = await EndpointAsync(server);
        await using var exporter = await ExporterProcess.StartAsync(Config(endpoint));

        // Who pushes is not connected to; a loop wants to know its other side.
        var modules = BuiltInModules.All.Where(module => module.Name != "heartbeat_push")
            .Select(module => $"probe {endpoint} --module {module.Name} --timeout 1s{(module.Name == "proxy_loop" ? $" --return-endpoint {endpoint}" : "")}");

        foreach (var command in Probes().Concat(modules))
        {
            var result = await ExporterProcess.RunAsync(Arguments(command, endpoint, exporter.ConfigFile));
            Assert.True(result.ExitCode is >= 0 and < 3, $"{command}: {result.ExitCode}\n{result.Output}{result.Error}");
        }

        var last = await ExporterProcess.RunAsync(Arguments(Probes().First(), endpoint, exporter.ConfigFile));
        Assert.True(last.ExitCode == 0, last.Output + server.Transcript());
        await EventuallyReadyAsync(exporter);
    }

    [Fact]
    public void Links_ToFiles_LeadSomewhere()
    {
        var links = Regex.Matches(Repository.Read("README.md"), @"\]\((?<path>[^)#:]+)\)", RegexOptions.None, MatchLimit)
            .Select(match => match.Groups["path"].Value)
            .ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, path => Assert.True(File.Exists(Path.Combine(Repository.Root, path)), path));
    }

    // The same words on a free port, with the line that our peers print.
    private static ChildProcess StartServer(TempDirectory directory)
    {
        var script = Blocks("python").Single()
            .Replace("tcp://127.0.0.1:5555\")", "tcp://127.0.0.1:*\")\nprint(socket.last_endpoint.decode(), flush=True)", StringComparison.Ordinal);
        return ChildProcess.Start(PythonPeer.Python, [directory.Write("server.py", script)], PythonPeer.Install);
    }

    private static async Task<string> EndpointAsync(ChildProcess server) => (await server.WaitForLineAsync(@"tcp://127\.0\.0\.1:\d+")).Value;

    private static string Config(string endpoint) => Blocks("yaml").First().Replace("tcp://127.0.0.1:5555", endpoint, StringComparison.Ordinal);

    // Together: one scrape may catch a target between its state and its questions.
    private static Task<MetricSamples> EventuallyReadyAsync(ExporterProcess exporter) => exporter.EventuallyAsync(scrape =>
        scrape.Value("zmq_target_ready", ("target", "orders")) == 1
        && scrape.Value("zmq_target_state", ("target", "orders"), ("state", "up")) == 1);

    private static string[] Probes()
    {
        var probes = Regex.Matches(Repository.Read("README.md"), @"zmq_exporter (?<command>probe (?:\w+://|orders)[^`\n]*)", RegexOptions.None, MatchLimit)
            .Select(match => match.Groups["command"].Value)
            .ToArray();
        Assert.Contains(probes, probe => probe.Contains("majordomo_mmi", StringComparison.Ordinal)); // the one with several frames
        return probes;
    }

    // The command as it stands there, at another endpoint and with the file where it is.
    private static string[] Arguments(string command, string endpoint, string config)
    {
        var words = command.Split(' ').Select(word => word.Contains("://", StringComparison.Ordinal) ? endpoint : word);
        return command.Contains("://", StringComparison.Ordinal) ? [.. words] : [.. words, "--config.file", config]; // there it is the default
    }

    private static IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Repository.Read("README.md"), $"```{language}\n(?<text>.*?)```", RegexOptions.Singleline, MatchLimit)
            .Select(match => match.Groups["text"].Value);
}
