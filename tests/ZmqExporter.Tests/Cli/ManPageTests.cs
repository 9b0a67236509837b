namespace ZmqExporter.Tests.Cli;

public sealed class ManPageTests
{
    [Fact]
    public async Task Man_HasEveryCommandAndItsFlags_AndNoHiddenOne()
    {
        var (exitCode, output, _) = await CommandRun.RunAsync("man");

        Assert.Equal(0, exitCode);
        Assert.StartsWith(".TH ZMQ_EXPORTER 1 \"\" \"zmq_exporter ", output, StringComparison.Ordinal);
        Assert.All(
            [".SS check\\-config\n", ".SS probe\n", ".SS healthcheck\n", "\\fB\\-\\-config.file\\fR=\\fIfile\\fR\nThe configuration (default: zmq_exporter.yml)\n", "\\fI[", ".SH FILES\n"],
            text => Assert.Contains(text, output.Replace("[\\fI", "\\fI[", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.DoesNotContain("netmq", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Man_Lines_BeginWithARequestOrWithText()
    {
        var (_, output, _) = await CommandRun.RunAsync("man");

        Assert.All(
            output.Split('\n').Where(line => line is ['.' or '\'', ..]),
            line => Assert.Matches("^\\.(TH|SH|SS|TP|B|BR|I|br)( |$)", line));
    }
}
