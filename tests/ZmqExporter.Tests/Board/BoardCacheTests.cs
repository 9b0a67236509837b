using ZmqExporter.Board;
using ZmqExporter.Policy;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Board;

public sealed class BoardCacheTests
{
    private readonly MetricsUnderTest _metrics = new();
    private readonly BoardCache _board;

    public BoardCacheTests() => _board = new BoardCache(_metrics.Targets, _metrics.Events, _metrics.Time);

    [Fact]
    public void Take_WithinASecond_IsTheSameForAll()
    {
        _metrics.Targets.Set(MetricsUnderTest.Target()).Record(MetricsUnderTest.OnTime());
        var first = _board.Take();
        Assert.Same(first, _board.Take());
        _metrics.Time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.NotSame(first, _board.Take());
    }

    [Fact]
    public void Take_AfterAChange_ShowsIt()
    {
        var target = _metrics.Targets.Set(MetricsUnderTest.Target());
        Assert.Equal(TargetState.Unknown, Assert.Single(_board.Take().Targets).State);
        target.Record(MetricsUnderTest.OnTime());
        _metrics.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(TargetState.Up, Assert.Single(_board.Take().Targets).State);
    }

    // Ten browsers that look at ten thousand targets must not cost more than probing them.
    [Fact]
    public void Take_ManyTargets_IsGoodForLongerUnlessAStateChanges()
    {
        const int Targets = 4000;
        for (var i = 0; i < Targets; i++)
        {
            _metrics.Targets.Set(MetricsUnderTest.Target($"target-{i}"));
        }

        var first = _board.Take();
        _metrics.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Same(first, _board.Take());
        _metrics.Time.Advance(TimeSpan.FromSeconds(0.2));
        var second = _board.Take();
        Assert.NotSame(first, second);

        _metrics.Targets.Set(MetricsUnderTest.Target("target-0")).Record(MetricsUnderTest.OnTime());
        _metrics.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Same(second, _board.Take());
        _metrics.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.NotSame(second, _board.Take());
    }
}
