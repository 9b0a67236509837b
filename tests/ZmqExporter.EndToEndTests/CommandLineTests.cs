namespace ZmqExporter.EndToEndTests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Version_OfARelease_NamesVersionRevisionAndRuntime(string argument)
    {
        var result = await ExporterProcess.RunAsync(argument);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^zmq_exporter, version \d+\.\d+\.\d+ \(revision \S+, \.NET 10\.\S+, linux-\S+\)$", result.Output);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("--bogus", "--bogus")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("check-config", "check-config")]
    [InlineData("--log.level=loud", "loud")]
    [InlineData("--web.listen-address=19555", "has no port")]
    [InlineData("--config.file", "--config.file")]
    [InlineData("--shard=3/3", "--shard: \"3/3\": there is no shard 3 of 3, because the first one is 0; write i/n")]
    [InlineData("--shard=3", "--shard: \"3\" is no shard; write i/n")]
    [InlineData("--shard=", "--shard")]
    [InlineData("@file", "@file")]
    [InlineData("healthcheck --url=ftp://x", "not an HTTP address")]
    [InlineData("keygen client.key", "client.key")]
    [InlineData("--config.file=x check-config y", "must stand behind the command")]
    [InlineData("--config.file=x --config.file=y", "--config.file")]
    public async Task Run_UnknownSyntax_SaysSoAndExits3(string arguments, string expected)
    {
        var result = await ExporterProcess.RunAsync(arguments.Split(' '));

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(expected, result.Error.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Help_OfTheProgram_ListsEveryCommandAndFlag()
    {
        var result = await ExporterProcess.RunAsync("--help");

        Assert.Equal(0, result.ExitCode);
        Assert.All(
            ["serve", "check-config", "probe", "modules", "keygen", "healthcheck", "demo", "version", "--config.file", "--web.listen-address", "--log.level", "--log.format"],
            word => Assert.Contains(word, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CheckConfig_GoodFile_SaysOkAndExits0()
    {
        using var directory = new TempDirectory();

        var result = await ExporterProcess.RunAsync("check-config", directory.Write("good.yml", Configs.Nothing));

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("good.yml: ok, 0 modules, 0 targets", result.Output, StringComparison.Ordinal);
        Assert.Contains("warning: there are no targets", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_OneTarget_CountsItWithoutAWarning()
    {
        using var directory = new TempDirectory();
        const string Config = """
            modules: {ping: {prober: request, send: [ping], expect: [{equals: pong}]}}
            targets: [{name: orders, endpoint: "tcp://127.0.0.1:5555", modules: [ping]}]
            """;

        var result = await ExporterProcess.RunAsync("check-config", directory.Write("one.yml", Config));

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("one.yml: ok, 1 module, 1 target", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("check-config", "missing.yml")]
    [InlineData("--config.file=missing.yml")]
    public async Task Run_MissingConfig_NamesItAndExits1(params string[] arguments)
    {
        var result = await ExporterProcess.RunAsync(arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing.yml", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal); // no stack
    }

    [Fact]
    public async Task CheckConfig_StandardInput_IsReadAsAFile()
    {
        await using var good = ExporterProcess.StartProcess(["check-config", "-"]);
        await good.WriteInputAsync("targets: [{name: a, endpoint: 'tcp://127.0.0.1:1', modules: [transport]}]\n");
        await using var bad = ExporterProcess.StartProcess(["check-config", "-"]);
        await bad.WriteInputAsync("targets: [{name: a, endpoint: 'tcp://127.0.0.1', modules: [transprt]}]\n");

        Assert.Equal(0, await good.WaitForExitAsync());
        Assert.Equal(["standard input: ok, 0 modules, 1 target"], good.Output, StringComparer.Ordinal);
        Assert.Equal(1, await bad.WaitForExitAsync());
        Assert.Equal(
            [
                "standard input:1:31: targets[0].endpoint: the port is missing; write tcp://host:port",
                "standard input:1:60: targets[0].modules[0]: there is no module \"transprt\"; did you mean transport? Modules: none; zmq_exporter modules lists the built-in ones",
            ],
            bad.Error,
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task Serve_ConfigWithAWarning_LogsIt()
    {
        await using var exporter = await ExporterProcess.StartAsync("targets: []\nx-note: {password: $SECRET}\n");

        Assert.Contains(exporter.LogLines, line => line.Contains("msg=\"config warning\" warning=", StringComparison.Ordinal) && line.Contains("a variable has braces here", StringComparison.Ordinal));
    }
}
