using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Targets;

public sealed class TargetSetTests
{
    private readonly TargetSet _set = new(new FakeTimeProvider());

    [Fact]
    public void Set_KnownKey_KeepsTheRecordAndTakesTheConfig()
    {
        var target = _set.Set(MetricsUnderTest.Target());
        target.Record(MetricsUnderTest.OnTime());
        var config = MetricsUnderTest.Target("orders", "ping", ("team", "trading"));

        Assert.Same(target, _set.Set(config));
        Assert.Same(config, target.Config);
        Assert.Equal(1, Assert.Single(_set.Snapshots()).Probes);
    }

    [Fact]
    public void Remove_ThenLateResults_ShowsNothing()
    {
        var target = _set.Set(MetricsUnderTest.Target());
        Assert.True(_set.Remove(target.Key));
        Assert.False(_set.Remove(target.Key));
        target.Record(MetricsUnderTest.OnTime());
        target.OnStaleReply();

        Assert.Empty(_set.Snapshots());
        Assert.False(_set.TryGet(target.Key, out _));
        Assert.NotSame(target, _set.Set(MetricsUnderTest.Target()));
        Assert.Equal(0, Assert.Single(_set.Snapshots()).Probes);
    }

    [Fact]
    public void Snapshots_SeveralTargets_AreInTheirOrder()
    {
        foreach (var name in new[] { "b", "a", "c" })
        {
            _set.Set(MetricsUnderTest.Target(name));
        }

        Assert.Equal(["b", "a", "c"], _set.Snapshots().Select(snapshot => snapshot.Config.Name), StringComparer.Ordinal);
    }
}
