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
}
