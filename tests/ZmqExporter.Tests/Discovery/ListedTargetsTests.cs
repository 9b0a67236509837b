using ZmqExporter.Configuration;
using ZmqExporter.Configuration.Loading;
using ZmqExporter.Discovery;
using ZmqExporter.Tests.Configuration;

namespace ZmqExporter.Tests.Discovery;

public sealed class ListedTargetsTests
{
    private const string Text = SourcesUnderTest.Modules + """
        targets: [{name: own, endpoint: "tcp://own:1"}]
        target_files: [list.yml]
        target_urls: [{url: "http://a/list"}, {url: "http://b/list"}]
        """;

    [Fact]
    public async Task OfAllAsync_FilesAndUrls_AreMergedInTheirOrder()
    {
        using var sources = new SourcesUnderTest();
        sources.Write("list.yml", SourcesUnderTest.List("file", "own"));
        var loaded = ConfigLoader.Parse(Text, Path.Combine(sources.Directory, "zmq.yml"), Parsed.Inputs());

        var listed = await ListedTargets.OfAllAsync(loaded, ConfigInputs.System, url => Task.FromResult(url.Name == "http://a/list"
            ? new FetchResult("""[{"targets": ["tcp://url:1"]}]""", null)
            : new FetchResult(null, "connection refused")));

        Assert.Equal(["own", "file", "tcp://url:1"], listed.Targets.Select(target => target.Name), StringComparer.Ordinal);
        Assert.Equal(["file", "tcp://url:1"], listed.Listed.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Collection(
            listed.Errors.Select(error => error.ToString()),
            error => Assert.Equal("http://b/list: connection refused", error),
            error => Assert.Contains("the name \"own\" is taken by the target at", error, StringComparison.Ordinal));
        Assert.Equal(["own", "file"], ListedTargets.OfFiles(loaded, ConfigInputs.System).Targets.Select(target => target.Name), StringComparer.Ordinal);
    }

    [Fact]
    public void OfFiles_ConfigWithErrors_StillFindsThoseOfTheFiles()
    {
        using var sources = new SourcesUnderTest();
        sources.Write("list.yml", "- targets: [nowhere]\n");
        var loaded = ConfigLoader.Parse(Text + "\nunknown: 1\n", Path.Combine(sources.Directory, "zmq.yml"), Parsed.Inputs());

        Assert.Null(loaded.Config);
        Assert.Equal("[0].targets[0]", Assert.Single(ListedTargets.OfFiles(loaded, ConfigInputs.System).Errors).Path);
        Assert.Empty(ListedTargets.OfFiles(ConfigLoader.Parse("[]", "zmq.yml", Parsed.Inputs()), ConfigInputs.System).Errors);
    }
}
