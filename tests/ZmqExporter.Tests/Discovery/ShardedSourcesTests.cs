using ZmqExporter.Configuration;

namespace ZmqExporter.Tests.Discovery;

/// <summary>What a shard makes of the targets of a config and of its sources.</summary>
public sealed class ShardedSourcesTests : IDisposable
{
    private const string Config = SourcesUnderTest.Modules + "target_files: [a.yml]\ntarget_urls: [{url: 'http://h/a'}]\n";

    // Of two shards quotes and a b belong to the first one; berlin-1, orders and Größe to the second one (ShardTests).
    private const string Own = "targets: [{name: quotes, endpoint: 'tcp://h:1'}, {name: berlin-1, endpoint: 'tcp://h:2'}]\n";
    private const string Answer = "[{\"targets\": [\"tcp://h:4\"], \"labels\": {\"__zmq_name__\": \"a b\"}}, {\"targets\": [\"tcp://h:5\"], \"labels\": {\"__zmq_name__\": \"Größe\"}}]";

    private readonly SourcesUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(0, "quotes", "quotes", "quotes a b")]
    [InlineData(1, "berlin-1", "berlin-1 orders", "berlin-1 orders Größe")]
    public void Sources_OfEveryKind_GiveTheShardItsTargetsAlone(int index, string own, string withFile, string withUrl)
    {
        _test.Start(Config + Own, new Shard(index, 2));
        Assert.Equal(own, _test.Names);

        _test.Write("a.yml", SourcesUnderTest.List("orders"));
        _test.Sources.Look();
        _test.Sources.Look();
        Assert.Equal(withFile, _test.Names);

        _test.Sources.Answered(Assert.Single(_test.Sources.TakeDue()), new(Answer, null));
        Assert.Equal(withUrl, _test.Names);

        _test.Reload(Config);
        Assert.Equal(withUrl[own.Length..].Trim(), _test.Names);
    }

    // Else a name that two lists have would be one target in one shard and another target in the other.
    [Fact]
    public async Task Sources_TwoOfOneName_AreLeftOutInEveryShard()
    {
        _test.Write("a.yml", SourcesUnderTest.List("berlin-1"));
        _test.Start(Config + Own, new Shard(0, 2));

        Assert.Equal("quotes", _test.Names);
        Assert.StartsWith("{source=\"a.yml\"} 1", await _test.SamplesAsync("conflicts"), StringComparison.Ordinal);
        Assert.StartsWith("{source=\"a.yml\"} 1", await _test.SamplesAsync("targets"), StringComparison.Ordinal); // of the whole list
    }
}
