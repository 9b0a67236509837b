using ZmqExporter.Cli;

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
}
