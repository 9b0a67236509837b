using System.Text.RegularExpressions;

namespace ZmqExporter.EndToEndTests;

/// <summary>What the README tells people to type works.</summary>
public sealed class ReadmeTests
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task QuickStart_ItsConfiguration_IsValid()
    {
        using var directory = new TempDirectory();
        var config = Blocks("yaml").Single(block => block.StartsWith("modules:", StringComparison.Ordinal));

        var result = await ExporterProcess.RunAsync("check-config", directory.Write("zmq_exporter.yml", config));

        Assert.True(result.ExitCode == 0, result.Error);
    }

    [Fact]
    public async Task QuickStart_ItsServer_IsFoundReady()
    {
        // The same words on a free port, with the line that our peers print.
        using var directory = new TempDirectory();
        var script = Blocks("python").Single()
            .Replace("tcp://127.0.0.1:5555\")", "tcp://127.0.0.1:*\")\nprint(socket.last_endpoint.decode(), flush=True)", StringComparison.Ordinal);
        await using var server = ChildProcess.Start(PythonPeer.Python, [directory.Write("server.py", script)], PythonPeer.Install);
        var endpoint = await server.WaitForLineAsync(@"tcp://127\.0\.0\.1:\d+");
        var config = Blocks("yaml").First().Replace("tcp://127.0.0.1:5555", endpoint.Value, StringComparison.Ordinal);

        await using var exporter = await ExporterProcess.StartAsync(config);
        // Together: one scrape may catch a target between its state and its questions.
        await exporter.EventuallyAsync(scrape =>
            scrape.Value("zmq_target_ready", ("target", "orders")) == 1
            && scrape.Value("zmq_target_state", ("target", "orders"), ("state", "up")) == 1);
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

    private static IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Repository.Read("README.md"), $"```{language}\n(?<text>.*?)```", RegexOptions.Singleline, MatchLimit)
            .Select(match => match.Groups["text"].Value);
}
