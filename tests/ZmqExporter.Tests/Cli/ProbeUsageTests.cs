using ZmqExporter.Cli;

namespace ZmqExporter.Tests.Cli;

/// <summary>What <c>probe</c> says before it probes anything.</summary>
public sealed class ProbeUsageTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("zmq_exporter_probe_");
    private readonly string _file;

    public ProbeUsageTests()
    {
        _file = Path.Combine(_directory.FullName, "zmq.yml");
        File.WriteAllText(
            _file,
            """
            modules: {ping: {prober: request, send: [ping]}, other: {prober: handshake}, worker: {prober: request, client: netmq, send: [ping]}}
            targets:
              - {name: orders, endpoint: "tcp://127.0.0.1:1", modules: [ping, transport]}
              - {name: stock, endpoint: "tcp://127.0.0.1:2", modules: [ping]}
            target_files: [lists/*.yml]
            """);
    }

    [Theory]
    [InlineData("what to probe is missing: write an endpoint such as tcp://127.0.0.1:5555, the name of a target of the configuration, or --all", "probe")]
    [InlineData("--all probes every target: remove it, or the name", "probe", "orders", "--all")]
    [InlineData("--send is for an endpoint", "probe", "--all", "--send", "x")]
    [InlineData("--all probes each target once", "probe", "--all", "--count", "2")]
    [InlineData("--full goes with --json there", "probe", "--all", "--full")]
    [InlineData("--nagios shows no frames", "probe", "tcp://127.0.0.1:1", "--nagios", "--full")]
    [InlineData("--nagios shows no frames: --show-frames", "probe", "tcp://127.0.0.1:1", "--nagios", "--show-frames")]
    [InlineData("the table of --all shows no frames: --show-frames goes with", "probe", "--all", "--show-frames")]
    [InlineData("--messages needs --show-frames", "probe", "tcp://127.0.0.1:1", "--messages", "5")]
    [InlineData("--messages: write a number from 1 to 1000", "probe", "tcp://127.0.0.1:1", "--show-frames", "--messages", "0")]
    [InlineData("--show-frames needs messages, and a handshake has none: add --socket sub", "probe", "tcp://127.0.0.1:1", "--show-frames")]
    [InlineData("--topic is for --socket sub: a socket of the type PUSH subscribes to nothing", "probe", "tcp://127.0.0.1:1", "--socket", "push", "--topic", "a")]
    [InlineData("--topic is for --socket sub; --send sends as a REQ", "probe", "tcp://127.0.0.1:1", "--send", "a", "--topic", "a")]
    [InlineData("--topic: \"hex:1\" has an odd number of digits", "probe", "tcp://127.0.0.1:1", "--topic", "hex:1")]
    [InlineData("--topic is for an endpoint", "probe", "--all", "--topic", "x")]
    [InlineData("Try \"zmq_exporter probe --help\".", "probe", "--nagios", "--json", "tcp://127.0.0.1:1")]
    [InlineData("--send: \"hex:040\" has an odd number of digits; write two digits a byte, such as hex:0400", "probe", "tcp://127.0.0.1:1", "--send", "hex:040")]
    [InlineData("--expect: \"hex:0g\" has a character that is no hexadecimal digit", "probe", "tcp://127.0.0.1:1", "--send", "a", "--expect", "hex:0g")]
    [InlineData("--config.file and --send exclude each other", "probe", "tcp://127.0.0.1:1", "--send", "a", "--config.file", "x")]
    [InlineData("--timeout: \"0.5s\" is not a duration up to 1h; write 500ms", "probe", "tcp://127.0.0.1:1", "--timeout", "0.5s")]
    [InlineData("\"127.0.0.1:5555\": an endpoint starts with its transport; write tcp://127.0.0.1:5555\n", "probe", "127.0.0.1:5555")]
    [InlineData("\"orders\" is not an endpoint, which is written tcp://host:port, and to find a target of that name a configuration is needed; there is no zmq_exporter.yml here", "probe", "orders")]
    [InlineData("--all has no targets to probe; there is no zmq_exporter.yml here: name one with --config.file", "probe", "--all")]
    [InlineData("zmq_exporter: a user name and a password do not stand in an endpoint", "probe", "tcp://bob:hunter2@127.0.0.1:1")]
    public async Task Probe_WithoutAConfiguration_SaysWhatIsMissing(string words, params string[] arguments)
    {
        var (exitCode, output, error) = await CommandRun.RunAsync(arguments);

        Assert.Equal((ExitCode.Usage, ""), (exitCode, output));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zmq.yml has no target \"ordrs\"; did you mean orders? Targets: orders, stock\n", "probe", "ordrs")]
    [InlineData("target \"orders\" has no module \"pign\"; did you mean ping? Its modules: ping, transport\n", "probe", "orders", "--module", "pign")]
    [InlineData("its modules: ping, transport; to try other there all the same: zmq_exporter probe tcp://127.0.0.1:1 --module other\n", "probe", "orders", "--module", "other")]
    [InlineData("--send is for an endpoint, and \"orders\" is none: a target's modules say what is sent", "probe", "orders", "--send", "x")]
    [InlineData("--socket is for an endpoint, and \"orders\" is none", "probe", "orders", "--socket", "sub")]
    [InlineData("zmq.yml has no target with the name or the endpoint \"tcp://127.0.0.1:3\"; to probe it with a module of that file, add --module", "probe", "tcp://127.0.0.1:3")]
    [InlineData("\"localhost:1\": an endpoint starts with its transport; write tcp://localhost:1\n", "probe", "localhost:1")]
    [InlineData("has a module \"pin\"; did you mean ping? Modules of targets: ping, transport\n", "probe", "--all", "--module", "pin")]
    [InlineData("has no module \"pign\"; did you mean ping?", "probe", "tcp://127.0.0.1:1", "--module", "pign")]
    [InlineData("zmq_exporter: a user name and a password do not stand in an endpoint", "probe", "tcp://bob:hunter2@127.0.0.1:1")]
    [InlineData("zmq_exporter: an endpoint starts with its transport", "probe", "bob:hunter2@127.0.0.1:1", "--send", "x")]
    [InlineData("NetMQ has no Unix sockets", "probe", "ipc:///run/x", "--module", "worker")]
    public async Task Probe_WithAConfiguration_SaysWhatItHas(string words, params string[] arguments)
    {
        var isAboutSend = arguments.Contains("--send", StringComparer.Ordinal) || arguments.Contains("--socket", StringComparer.Ordinal);
        var (exitCode, output, error) = await CommandRun.RunAsync(isAboutSend ? arguments : [.. arguments, "--config.file", _file]);

        Assert.Equal((ExitCode.Usage, ""), (exitCode, output));
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ListThatIsBroken_IsReportedWhereTheNameIsMissing()
    {
        _directory.CreateSubdirectory("lists");
        var list = Path.Combine(_directory.FullName, "lists", "a.yml");
        await File.WriteAllTextAsync(list, "- targets: [127.0.0.1:5]\n", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await CommandRun.RunAsync("probe", "other", "--config.file", _file);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains($"{list}:1:13: [0].targets[0]: an endpoint starts with its transport", error, StringComparison.Ordinal);
        Assert.Contains("has no target \"other\"; targets: orders, stock", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_AllWithANameThatIsTaken_DoesNotSayThatAListIsUnreadable()
    {
        var directory = _directory.CreateSubdirectory("lists").FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "a.yml"), "[{targets: [ipc:///nowhere/a]}, {targets: [ipc:///nowhere/a]}]\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_file, "defaults: {modules: [transport]}\ntarget_files: [lists/*.yml]\n", TestContext.Current.CancellationToken);

        var (_, output, error) = await CommandRun.RunAsync("probe", "--all", "--config.file", _file);

        Assert.Contains("is taken by the target at", error, StringComparison.Ordinal);
        Assert.EndsWith("1 probe: 0 OK, 0 late, 1 missed; a list of targets has errors, so that some may be missing\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_ConfigurationWithErrors_PrintsThemAll()
    {
        await File.WriteAllTextAsync(_file, "targets: [{nam: a}]\n", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await CommandRun.RunAsync("probe", "--all", "--config.file", _file);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Equal(4, error.TrimEnd().Split('\n').Length);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
