using ZmqExporter.Cli;
using Zmtp.Security;

namespace ZmqExporter.Tests.Cli;

/// <summary>What needs no process of its own; the rest is in the end-to-end tests.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task RunAsync_ErrorOfSeveralLines_IsPrintedOnOne()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exitCode = await CommandLine.RunAsync(["--log.level", "loud"], output, error);

        Assert.Equal(ExitCode.Usage, exitCode);
        var lines = error.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.All(["loud", "'debug'", "'error'"], word => Assert.Contains(word, lines[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_NoMemory_SaysWhatToRaise()
    {
        await using var output = new NoMemory();
        using var error = new StringWriter();

        Assert.Equal(ExitCode.Failed, await CommandLine.RunAsync(["modules"], output, error));

        Assert.StartsWith("zmq_exporter: there is not enough memory", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("DOTNET_GCHeapHardLimit", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keygen_FromSecretFile_PrintsThePublicKeyAlone()
    {
        var pair = CurveKeyPair.Generate();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, pair.ExportSecretKey() + "\n", TestContext.Current.CancellationToken);
            Assert.Equal((0, $"public_key: {pair.PublicKey}\n", ""), await RunAsync("keygen", "--from-secret-file", file));

            await File.WriteAllTextAsync(file, "no key", TestContext.Current.CancellationToken);
            var (exitCode, _, error) = await RunAsync("keygen", "--from-secret-file", file);
            Assert.Equal((1, $"zmq_exporter: the key in {file} has 6 characters, and a CURVE key in Z85 has 40\n"), (exitCode, error));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Help_LogFlags_NamesTheirValues()
    {
        var (_, output, _) = await RunAsync("--help");

        Assert.Contains("debug, info, warn or error", output, StringComparison.Ordinal);
        Assert.Contains("logfmt or json", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("does not exist", "keygen", "--from-secret-file", "/nowhere/client.key")]
    [InlineData("there is no directory /nowhere", "keygen", "--secret-file", "/nowhere/client.key")]
    public async Task Keygen_NoSuchPlace_SaysSo(string words, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        Assert.Equal(1, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exclude each other", "keygen", "--secret-file", "a", "--from-secret-file", "b")]
    [InlineData("\"dealr\" is not a socket of a handshake; did you mean dealer?", "probe", "tcp://127.0.0.1:1", "--socket", "dealr")]
    [InlineData("dealer, req, rep, router, pub, xpub, sub, xsub, push, pull, pair", "probe", "tcp://127.0.0.1:1", "--socket", "stream")]
    [InlineData("--socket is for the look at the transport", "probe", "tcp://127.0.0.1:1", "--socket", "sub", "--module", "transport")]
    [InlineData("--socket is for the look at the transport", "probe", "tcp://127.0.0.1:1", "--socket", "req", "--send", "ping")]
    [InlineData("--nagios is one probe on one line", "probe", "tcp://127.0.0.1:1", "--nagios", "--json")]
    [InlineData("--nagios is one probe on one line", "probe", "tcp://127.0.0.1:1", "--nagios", "--count", "3")]
    [InlineData("write http://127.0.0.1:21900/-/healthy", "healthcheck", "--url", "127.0.0.1:21900")]
    [InlineData("write http://exporter.internal:8080/health", "healthcheck", "--url", "exporter.internal:8080/health")]
    [InlineData("write http://127.0.0.1:19555/-/healthy", "healthcheck", "--url", "ftp://exporter.internal")]
    [InlineData("did you mean probe?", "prob", "tcp://127.0.0.1:1")]
    [InlineData("did you mean --count?", "probe", "tcp://127.0.0.1:1", "--cuont")]
    public async Task RunAsync_UsageError_SaysWhatWasMeant(string words, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckConfig_OneTargetOfTwoModules_IsOneTarget()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file,
                "modules: {a: {prober: handshake}, b: {prober: handshake}}\ntargets: [{name: orders, endpoint: \"tcp://127.0.0.1:1\", modules: [a, b]}]\n",
                TestContext.Current.CancellationToken);

            Assert.Equal((0, $"{file}: ok, 2 modules, 1 target (2 pairs of a target and a module)\n", ""), await RunAsync("check-config", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    private sealed class NoMemory : StringWriter
    {
#pragma warning disable CA2201, MA0012 // What an allocation throws.
        public override void Write(char value) => throw new OutOfMemoryException();

        public override void Write(string? value) => throw new OutOfMemoryException();

        public override void WriteLine(string? value) => throw new OutOfMemoryException();

        public override Task WriteLineAsync(string? value) => throw new OutOfMemoryException();
#pragma warning restore CA2201, MA0012
    }
}
