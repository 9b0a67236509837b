using System.Text.Json;

namespace ZmqExporter.EndToEndTests;

/// <summary><c>zmq_exporter probe</c> against real libzmq: the verdict in words, and the exit code of a Nagios plugin.</summary>
public sealed class ProbeCommandTests
{
    [Fact]
    public async Task Probe_HealthyServer_ShowsThePhasesTheFramesAndThePeer()
    {
        await using var peer = await PythonPeer.StartRepAsync();

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping", "--expect", "pong");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("> \"ping\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("< \"pong\"", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^OK: TCP connected in [0-9.]+ m?s, ZMTP 3\.1 NULL, peer is REP, replied in [0-9.]+ m?s$", result.Output);
        foreach (var phase in (string[])["connect", "handshake", "request"])
        {
            Assert.Matches($@"(?m)^  {phase} +[0-9.]+ m?s$", result.Output);
        }
    }

    [Fact]
    public async Task Probe_DealerWithoutTheEmptyFrameAtARep_SendsNothingAndTheServerGoesOn()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        using var directory = new TempDirectory();
        var config = directory.Write(
            "zmq_exporter.yml",
            """
            modules:
              bare: {prober: request, socket: dealer, send: [ping]}
              enveloped: {prober: request, socket: dealer, send: ["", ping], expect: [{frame: 1, equals: pong}]}
            """);

        var bare = await ProbeAsync("bare");
        var enveloped = await ProbeAsync("enveloped");

        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("peer is REP, the peer is a REP, which takes only messages that start with an empty frame; write send: [\"\", ...]", bare.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("> ", bare.Output, StringComparison.Ordinal);
        Assert.True(enveloped.ExitCode == 0, enveloped.Output + enveloped.Error); // a server that polls and then receives is not stuck

        Task<CommandResult> ProbeAsync(string module) => ExporterProcess.RunAsync("probe", peer.Endpoint, "--module", module, "--config.file", config);
    }

    [Fact]
    public async Task Probe_NothingToSend_AsksTheTransportOnly()
    {
        await using var peer = await PythonPeer.StartRepAsync();

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint);

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("> ", result.Output, StringComparison.Ordinal);
        Assert.Contains("answered the handshake in", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_SocketThatFitsAPublisher_NeedsNoConfiguration()
    {
        await using var peer = await PythonPeer.StartAsync("pub.py");

        var unfit = await ExporterProcess.RunAsync("probe", peer.Endpoint);
        var fit = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--socket", "sub");

        Assert.Equal(2, unfit.ExitCode);
        Assert.Contains("FAILED (socket_type): ", unfit.Output, StringComparison.Ordinal);
        Assert.Contains("prober: handshake with socket: sub", unfit.Output, StringComparison.Ordinal);
        Assert.True(fit.ExitCode == 0, fit.Output + fit.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Probe_PeerEndsBeforeItSaysAnything_HasOneWordingForTheOneCause(bool resets)
    {
        await using var peer = resets ? RawPeer.Resets() : RawPeer.HangsUp();

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--count", "4");

        var verdicts = result.Output.Split('\n').Where(line => line.StartsWith("FAILED", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, verdicts.Length);
        Assert.All(verdicts, verdict => Assert.EndsWith(
            "the peer accepted the connection and closed it before it said anything: a proxy or load balancer whose server is down, a limit of connections or file descriptors, or no ZeroMQ server, such as one that speaks TLS",
            verdict,
            StringComparison.Ordinal));
        Assert.All(verdicts, verdict => Assert.StartsWith("FAILED (disconnected): ", verdict, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Probe_Nagios_IsOneLineWithTheVerdictFirst()
    {
        await using var peer = await PythonPeer.StartRepAsync();

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping", "--nagios");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\AOK: [^\n|]* replied in [^\n|]* \| round_trip=[0-9.]+s;0\.5;2;0\z", result.Output);
    }

    [Fact]
    public async Task Probe_ApplicationHangs_SaysThatTheProcessLives()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("hang");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping", "--timeout", "1s");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no reply within 1 s: the server accepted the request and does not answer", result.Output, StringComparison.Ordinal);
        Assert.Contains("its application hangs, needs longer, or ignores requests of this form", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_LateAnswer_ExitsWithOne()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        await peer.CommandAsync("delay 1200");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--send", "ping", "--timeout", "8s");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("LATE: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("which is late: the limit is ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ModuleOfAConfigAsJson_OneObjectForEachProbe()
    {
        await using var peer = await PythonPeer.StartRepAsync();
        using var directory = new TempDirectory();
        var config = directory.Write("c.yml", "modules:\n  ask: {prober: request, send: [what], expect: [{equals: pong}]}\n");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--config.file", config, "--module", "ask", "--json", "--count", "2");

        Assert.Equal(2, result.ExitCode);
        var lines = result.Output.Split('\n');
        Assert.Equal(2, lines.Length);
        using var json = JsonDocument.Parse(lines[0]);
        Assert.Equal("failed", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("unexpected_reply", json.RootElement.GetProperty("reason").GetString());
        Assert.Equal((true, true, false), (Bool("reachable"), Bool("responsive"), Bool("ready")));
        Assert.Equal("REP", json.RootElement.GetProperty("peer").GetProperty("socket_type").GetString());
        bool Bool(string name) => json.RootElement.GetProperty(name).GetBoolean();
    }

    [Theory]
    [InlineData("nothing listens on 127.0.0.1:1", "probe", "tcp://127.0.0.1:1")]
    [InlineData("does not exist", "probe", "tcp://zmq-exporter-test.invalid:5555")]
    public async Task Probe_NoServer_SaysWhy(string words, params string[] arguments)
    {
        var result = await ExporterProcess.RunAsync(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(words, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_WebServer_IsNamed()
    {
        await using var peer = await PythonPeer.StartAsync("http_server.py");

        var result = await ExporterProcess.RunAsync("probe", peer.Endpoint, "--timeout", "1s");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("which looks like an HTTP server", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UNKNOWN (local_error)", 3, "tcp://[fe80::1%nowhere]:1")] // no such interface
    [InlineData("[fe80::1%1]:1", 2, "tcp://[fe80::1%lo]:1")] // lo is the first interface, and has no such address
    public async Task Probe_LinkLocalAddress_IsTriedInItsZone(string words, int exitCode, string endpoint)
    {
        var result = await ExporterProcess.RunAsync("probe", endpoint, "--timeout", "1s");

        Assert.Contains(words, result.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode, result.ExitCode);
    }

    [Theory]
    [InlineData("udp", "probe", "udp://127.0.0.1:1")]
    [InlineData("a list of 2; make a target of each", "probe", "tcp://127.0.0.1:1,tcp://127.0.0.1:2")]
    [InlineData("write tcp://[fe80::1%eth0]:1", "probe", "tcp://[fe80::1]:1")]
    [InlineData("--expect needs --send", "probe", "tcp://127.0.0.1:1", "--expect", "pong")]
    [InlineData("exclude each other", "probe", "tcp://127.0.0.1:1", "--send", "a", "--module", "m")]
    [InlineData("--count", "probe", "tcp://127.0.0.1:1", "--count", "0")]
    [InlineData("is not a duration", "probe", "tcp://127.0.0.1:1", "--timeout", "5")]
    [InlineData("no-such-file.yml", "probe", "tcp://127.0.0.1:1", "--module", "m", "--config.file", "no-such-file.yml")]
    public async Task Probe_UsageError_ExitsWithThreeAndSaysWhat(string words, params string[] arguments)
    {
        var result = await ExporterProcess.RunAsync(arguments);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }
}
