namespace ZmqExporter.Tests.Reference;

/// <summary>The reference pages are made from the program, and from nothing else: keys, flags and addresses that it has are in them, and no others.</summary>
/// <remarks>With ZMQ_EXPORTER_WRITE_REFERENCE=1 in the environment this test writes the pages again, and fails so that nobody forgets it.</remarks>
public sealed class ReferencePagesTests
{
    private const string Switch = "ZMQ_EXPORTER_WRITE_REFERENCE";

    [Theory]
    [InlineData("docs/reference-configuration.md")]
    [InlineData("docs/reference-flags.md")]
    [InlineData("docs/reference-http.md")]
    public async Task Page_AgainstTheProgram_HasNotDrifted(string path)
    {
        var expected = path switch
        {
            "docs/reference-configuration.md" => ConfigReference.Page(Repository.Read("docs/zmq_exporter.reference.yml")),
            "docs/reference-flags.md" => FlagReference.Page(),
            _ => await HttpReference.PageAsync(),
        };
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            await File.WriteAllTextAsync(Path.Combine(Repository.Root, path), expected, TestContext.Current.CancellationToken);
            Assert.Fail($"{path} is written again; run the tests without {Switch}");
        }

        var written = Repository.Read(path);
        Assert.True(expected == written, $"{path} is not what the program says: run the tests of this class with {Switch}=1, and look at the difference");
    }

    [Fact]
    public async Task HttpPage_EveryAddress_SaysWhatItIs() => Assert.DoesNotContain("| |", await HttpReference.PageAsync(), StringComparison.Ordinal);
}
