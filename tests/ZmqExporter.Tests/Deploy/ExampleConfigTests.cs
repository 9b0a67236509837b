using ZmqExporter.Tests.Cli;

namespace ZmqExporter.Tests.Deploy;

/// <summary>Every example of a configuration is one: a new file is checked without being named here.</summary>
public sealed class ExampleConfigTests
{
    public static TheoryData<string> Examples =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/examples"), "*.yml").Select(file => Path.GetRelativePath(Repository.Root, file)),
        "deploy/compose/exporter/zmq_exporter.yml",
        "deploy/kubernetes/base/config/zmq_exporter.yml",
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task CheckConfig_Example_HasNeitherErrorsNorWarnings(string file)
    {
        var (exitCode, output, error) = await CommandRun.RunAsync("check-config", Path.Combine(Repository.Root, file));

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains(": ok, ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_EachOfThem_IsInTheDocuments()
    {
        var documents = Repository.Read("docs/configuration.md");

        Assert.All(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy/examples"), "*.yml").Select(Path.GetFileName),
            name => Assert.Contains($"deploy/examples/{name}", documents, StringComparison.Ordinal));
    }
}
