using ZmqExporter.Discovery;

namespace ZmqExporter.Tests.Discovery;

/// <summary>What a look at the sources does beside taking what has changed.</summary>
public sealed class TargetSourcesLookTests : IDisposable
{
    private readonly SourcesUnderTest _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Look_LabelThatIsDropped_IsSaidOnce()
    {
        const string mistyped = "- targets: [tcp://a:1]\n  labels: {__zmq_module__: ping}\n";
        _test.Write("a.yml", mistyped);
        _test.Start(SourcesUnderTest.Modules + "target_files: [\"*.yml\"]\n");
        var line = Assert.Single(_test.TakeLog());
        Assert.StartsWith("warning of a list of targets source=*.yml warning=", line, StringComparison.Ordinal);
        Assert.Contains("a.yml:2:12: [0].labels.__zmq_module__", line, StringComparison.Ordinal);

        _test.Write("a.yml", mistyped + SourcesUnderTest.List("b"));
        LookTwice();
        Assert.Equal("tcp://a:1 b", _test.Names);
        Assert.DoesNotContain(_test.TakeLog(), other => other.StartsWith("warning", StringComparison.Ordinal));
    }

    [Fact]
    public void Look_TargetsWithoutMemory_AreTriedAgainOnceAMinute()
    {
        _test.Start(SourcesUnderTest.Modules + "targets: [{name: a, endpoint: 'tcp://a:1'}]\n");
        _test.Metrics.Time.Advance(TargetSources.RetryPeriod);
        _test.Sources.Look();
        Assert.Empty(_test.Diffs); // all are probed

        _test.IsIncomplete = true;
        _test.Sources.Look();
        _test.Sources.Look();
        Assert.Single(_test.Diffs);

        _test.Metrics.Time.Advance(TargetSources.RetryPeriod);
        _test.Sources.Look();
        Assert.Equal(2, _test.Diffs.Count);
        Assert.Empty(_test.TakeLog()); // nothing came of it
    }

    private void LookTwice()
    {
        _test.Sources.Look();
        _test.Sources.Look();
    }
}
