using System.Text.Json;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>probe --show-frames</c> at servers on libzmq, in each format: what it proposes is a configuration, with which a probe of the same server is well.</summary>
public sealed class ShowFramesTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Theory]
    [InlineData("json", "JSON", "json: $.queue.depth")]
    [InlineData("msgpack", "MessagePack", "msgpack: $.queue.depth")]
    [InlineData("cbor", "CBOR", "cbor: $.queue.depth")]
    [InlineData("zlib", "zlib of JSON (decode: [zlib], ", "decode: [zlib], json: $.queue.depth")]
    public async Task Probe_Replies_ProposesAModuleThatIsWellThere(string form, string words, string source)
    {
        await using var peer = await PythonPeer.StartAsync("documents.py", "--kind", "rep", "--form", form);

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "status", "--show-frames", "--count", "3");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains($" bytes, {words}", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ +\$\.queue\.depth +7$", result.Output);
        Assert.Matches(@"(?m)^ +\$\.workers\[1\]\.name +""w2""$", result.Output);
        var yaml = Proposed(result);
        Assert.Contains($"{{metric: app_queue_depth, help: 'What $.queue.depth says.', type: gauge, {source}}}", yaml, StringComparison.Ordinal);
        Assert.Contains("each: '$.workers[*]', labels: {worker: $.name}", yaml, StringComparison.Ordinal);
        Assert.Contains("metric: app_n_total, ", yaml, StringComparison.Ordinal);
        Assert.Contains("$.at, max_age: 30s}", yaml, StringComparison.Ordinal);

        var again = await ProbeAsync(yaml);
        Assert.Matches(@"(?m)^  value      app_queue_depth 7$", again);
        Assert.Matches(@"(?m)^  value      app_worker_busy{worker=""w2""} 4$", again);
    }

    [Theory]
    [InlineData("json", "sequence: {frame: 1, json: $.n}", "sent_at: {frame: 1, json: $.at, format: unix_ms}")]
    [InlineData("msgpack", "sequence: {frame: 1, msgpack: $.n}", "sent_at: {frame: 1, msgpack: $.at, format: unix_ms}")]
    [InlineData("cbor", "sequence: {frame: 1, cbor: $.n}", "sent_at: {frame: 1, cbor: $.at, format: unix_ms}")]
    [InlineData("zlib", "sequence: {frame: 1, decode: [zlib], json: $.n}", "sent_at: {frame: 1, decode: [zlib], json: $.at, format: unix_ms}")]
    [InlineData("binary", "sequence: {frame: 1, offset: 14, format: uint32_be}", null)]
    public async Task Probe_Feed_ProposesSequenceTimeAndValues(string form, string sequence, string? sentAt)
    {
        await using var peer = await PythonPeer.StartAsync("documents.py", "--kind", "pub", "--form", form);

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--socket", "sub", "--topic", "status.", "--show-frames", "--messages", "8", "--timeout", "10s");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("message 3 of 8: 2 frames", result.Output, StringComparison.Ordinal);
        Assert.Contains("… 5 more were looked at: --full shows them", result.Output, StringComparison.Ordinal);
        var yaml = Proposed(result);
        Assert.Contains("\n    topics: [status.]\n", yaml, StringComparison.Ordinal);
        Assert.Contains($"\n    {sequence}\n", yaml, StringComparison.Ordinal);
        Assert.Equal(sentAt is not null, yaml.Contains("sent_at:", StringComparison.Ordinal));
        Assert.Contains(sentAt ?? "", yaml, StringComparison.Ordinal);
        Assert.Equal(form != "binary", yaml.Contains("labels: {channel: $.channel}", StringComparison.Ordinal));

        var again = await ProbeAsync(yaml, "--show-frames"); // waits for several messages
        Assert.Matches("(?m)^  sequence: [1-9][0-9]* numbers? read, 0 lost, 0 unreadable$", again);
        Assert.DoesNotContain("warning", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_PlainText_ProposesAPatternAndItsNumber()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("reply OK 12 jobs");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping", "--show-frames");

        Assert.Contains("# One reply tells little: --count 5 shows what changes.", result.Output, StringComparison.Ordinal);
        var yaml = Proposed(result);
        Assert.Contains(@"- {matches: '^OK -?[0-9]+(?:\.[0-9]+)? jobs$'}", yaml, StringComparison.Ordinal);
        Assert.Matches("(?m)^  value      app_jobs 12$", await ProbeAsync(yaml));
        await peer.CommandAsync("reply OK 7.5 jobs");
        Assert.Matches("(?m)^  value      app_jobs 7.5$", await ProbeAsync(yaml));
    }

    [Fact]
    public async Task Probe_TokenThatComesBack_IsExpected()
    {
        await using var peer = await PythonPeer.StartAsync("echo.py");

        var yaml = Proposed(await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "hello {token}", "--show-frames"));

        Assert.Contains("send: ['hello {token}']", yaml, StringComparison.Ordinal);
        Assert.Contains("- {equals: 'hello {token}'}", yaml, StringComparison.Ordinal);
        _ = await ProbeAsync(yaml);
    }

    [Fact]
    public async Task Probe_AsJson_HasFramesPathsProposalsAndValues()
    {
        await using var peer = await PythonPeer.StartAsync("documents.py", "--kind", "rep", "--form", "msgpack");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "status", "--show-frames", "--json");

        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, "request"), (root.GetProperty("target").ValueKind, root.GetProperty("module").ValueKind, root.GetProperty("prober").GetString()));
        var frame = root.GetProperty("messages")[0].GetProperty("frames")[0];
        Assert.Equal(("document", "msgpack"), (frame.GetProperty("form").GetString(), frame.GetProperty("format").GetString()));
        Assert.Equal(frame.GetProperty("length").GetInt32(), frame.GetProperty("base64").GetBytesFromBase64().Length);
        Assert.Equal("""{"path":"$.queue.depth","type":"number","value":"7"}""", frame.GetProperty("values")[0].GetRawText());
        var yaml = root.GetProperty("proposals").GetProperty("yaml").GetString()!;
        var file = _directory.Write("json.yml", yaml);
        var again = await ExporterProcess.RunAsync("probe", "app", "--config.file", file, "--json");
        Assert.Contains("""{"metric":"app_queue_depth","labels":{},"value":7}""", again.Output, StringComparison.Ordinal);
        Assert.Contains("\"target\":\"app\"", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ModulesThatHaveNames_ProposesWhatToAdd()
    {
        await using var peer = await PythonPeer.StartAsync("documents.py", "--kind", "pub", "--form", "json");
        await using var chain = await PythonPeer.StartAsync("numbered_pub.py", "--kind", "hashblock");
        var config = _directory.Write("own.yml", "modules:\n  feed: {prober: subscribe, topics: [status.], max_silence: 5s, expect: [{frames: 2}]}\n");

        var own = Proposed(await ExporterProcess.RunAsync("probe", peer.Endpoint, "--config.file", config, "--module", "feed", "--show-frames", "--messages", "6"));
        var builtIn = await ExporterProcess.RunAsync("probe", chain.Endpoint, "--module", "bitcoin_core_blocks", "--show-frames", "--messages", "3");

        Assert.StartsWith("modules:\n  feed: # add these keys to what it has\n    # The module has an expect", own, StringComparison.Ordinal);
        Assert.Contains("    # expect:\n", own, StringComparison.Ordinal);
        Assert.Contains("{metric: feed_queue_depth, ", own, StringComparison.Ordinal);
        Assert.Contains("  bitcoin_core_blocks_seen:\n    extends: bitcoin_core_blocks\n", builtIn.Output, StringComparison.Ordinal);
        _ = await ProbeAsync(Proposed(builtIn));
    }

    [Fact]
    public async Task Probe_Password_IsMaskedInEachForm()
    {
        await using var peer = await PythonPeer.StartAsync("rep_server.py", "--plain", $"{Credentials.User}:{Credentials.Password}");
        await peer.CommandAsync($"reply {{\"said\":\"{Credentials.Password}\",\"depth\":1}}");
        var config = _directory.Write("plain.yml", $"modules: {{ask: {{prober: request, send: [ping], security: {Credentials.Right("plain")} }} }}\n");

        foreach (var form in (string[][])[[], ["--full"], ["--json"]])
        {
            var result = await ExporterProcess.RunAsync(["probe", peer.Endpoint, "--config.file", config, "--module", "ask", "--show-frames", .. form]);

            Assert.True(result.ExitCode == 0, result.Output + result.Error);
            Assert.Contains("$.said", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(Credentials.Password, result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(Credentials.Password)), result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Probe_FeedWithoutTheFlag_ShowsItsFirstMessages()
    {
        await using var peer = await PythonPeer.StartAsync("documents.py", "--kind", "pub", "--form", "json");

        var brief = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--topic", "status.");
        var full = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--topic", "status.", "--full");
        var look = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--socket", "sub");

        Assert.Matches(@"(?m)^  < ""status\.[ab]"" \| ""\{\\""queue\\"".*…""$", brief.Output);
        Assert.Matches(@"(?m)^  < ""status\.[ab]"" \| ""\{\\""queue\\"".*\\""w2\\"".*\}""$", full.Output);
        Assert.DoesNotContain("  < ", look.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (brief.ExitCode, full.ExitCode, look.ExitCode));
    }

    public void Dispose() => _directory.Dispose();

    // Checks the proposals, and probes the target in them.
    private async Task<string> ProbeAsync(string yaml, params string[] more)
    {
        var file = _directory.Write($"{Guid.NewGuid():N}.yml", yaml);
        var check = await ExporterProcess.RunAsync("check-config", file);
        Assert.True(check is { ExitCode: 0, Error.Length: 0 }, check.Error + yaml);
        var result = await ExporterProcess.RunAsync(["probe", "app", "--config.file", file, .. more]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error + yaml);
        return result.Output;
    }

    private static string Proposed(CommandResult result)
    {
        var lines = result.Output.Split('\n').SkipWhile(line => line != "modules:").TakeWhile(line => line.Length > 0 && (line[0] is ' ' || line is "modules:" or "targets:"));
        var yaml = string.Join('\n', lines) + "\n";
        Assert.True(yaml.Length > 20, result.Output + result.Error);
        return yaml;
    }
}
