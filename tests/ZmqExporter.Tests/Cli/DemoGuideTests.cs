using ZmqExporter.Cli;
using ZmqExporter.Demo;

namespace ZmqExporter.Tests.Cli;

public sealed class DemoGuideTests
{
    private const int Columns = 80;

    [Fact]
    public void Write_EveryServer_IsThereInLinesOfEightyColumns()
    {
        using var servers = new DemoServers(TextWriter.Null);
        using var output = new StringWriter();
        DemoGuide.Write(servers.All, "http://127.0.0.1:19555", "/tmp/zmq_exporter_demo_AbCdEf/zmq_exporter.yml", output);

        var lines = output.ToString().Split('\n');
        Assert.All(servers.All, server => Assert.Single(lines, line => line.StartsWith($"  {server.Name} ", StringComparison.Ordinal) && line.Contains(server.State, StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Length > Columns && line.Trim().Contains(' ', StringComparison.Ordinal)); // a path alone may be longer
        Assert.DoesNotContain(output.ToString(), character => char.IsControl(character) && character != '\n');
        foreach (var line in DemoGuide.OwnConfig.TrimEnd().Split('\n'))
        {
            Assert.Contains("    " + line, lines, StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task OwnConfig_Copied_IsAcceptedWithoutAWarning()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, DemoGuide.OwnConfig, TestContext.Current.CancellationToken);
            var (exitCode, _, error) = await CommandRun.RunAsync("check-config", file);
            Assert.Equal((ExitCode.Ok, ""), (exitCode, error));
            Assert.Equal(5, DemoGuide.OwnConfig.TrimEnd().Split('\n').Length);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
