using ZmqExporter.Policy;
using ZmqExporter.Probing;
using ZmqExporter.Targets;

namespace ZmqExporter.Tests.Targets;

public sealed class TargetEventsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TargetEvents _events = new();

    [Fact]
    public void After_MoreThanAreKept_AreTheNewest()
    {
        Add(TargetEvents.Most + 10);
        Assert.Equal(Enumerable.Range(11, TargetEvents.Most).Select(id => (long)id), _events.After(0, out _).Select(kept => kept.Id));
        Assert.Equal([TargetEvents.Most + 10L], _events.After(TargetEvents.Most + 9, out _).Select(kept => kept.Id));
    }

    [Fact]
    public void Watch_AfterOneThatIsKnown_BringsWhatCameSinceAndWhatComes()
    {
        Add(3);
        using var watch = _events.Watch(after: 1);
        Add(1);
        Assert.Equal([2, 3, 4], Read(watch));
    }

    [Fact]
    public void Watch_NobodyReads_KeepsTheNewestAndNoMore()
    {
        using var watch = _events.Watch();
        Add(TargetEvents.MostWaiting + 5);
        var read = Read(watch);
        Assert.Equal((TargetEvents.MostWaiting, 6L), (read.Count, read[0]));
    }

    [Fact]
    public void Dispose_Watch_BringsNothingMore()
    {
        var watch = _events.Watch();
        watch.Dispose();
        Add(1);
        Assert.Empty(Read(watch));
    }

    private static List<long> Read(EventWatch watch)
    {
        var read = new List<long>();
        while (watch.Events.TryRead(out var next))
        {
            read.Add(next.Id);
        }

        return read;
    }

    private void Add(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _events.Add(new TargetKey("a", "ping"), new TargetTransition(TargetState.Up, TargetState.Suspect), Start, ProbeResult.Miss(FailureReason.Refused, "refused", false));
        }
    }
}
