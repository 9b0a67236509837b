using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Scheduling;

namespace ZmqExporter.Tests.Scheduling;

public sealed class SharedCausesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedCauses _causes;

    public SharedCausesTests() => _causes = new SharedCauses(_time);

    [Fact]
    public void Add_ManyTargetsOfOneCause_AreOneLineAndACountOnceItIsComplete()
    {
        Assert.Equal(1, Enumerable.Range(0, 435).Count(number => _causes.Add($"{number} of 64 are in use")));
        Assert.Empty(_causes.Take());

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([("0 of 64 are in use", 434)], _causes.Take());
        Assert.Empty(_causes.Take());
    }

    [Fact]
    public void Add_OtherCauses_HaveALineEach()
    {
        Assert.True(_causes.Add("no descriptors"));
        Assert.True(_causes.Add("no permission"));
        Assert.False(_causes.Add("no descriptors"));
    }

    [Fact]
    public void Add_TargetsAllTheTime_AreALineAMinuteThatCountsAll()
    {
        var (lines, counted) = (0, 0L);
        for (var second = 0; second < 600; second++)
        {
            lines += _causes.Add("no descriptors") ? 1 : 0;
            foreach (var (_, targets) in _causes.Take())
            {
                (lines, counted) = (lines + 1, counted + targets);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        counted += _causes.Take().Sum(taken => taken.Targets);
        Assert.InRange(lines, 9, 11);
        Assert.Equal(599, counted);
    }

    [Fact]
    public void Add_MoreCausesThanAnybodyReads_AreCountedWithAnother()
    {
        var lines = Enumerable.Range(0, 1000).Count(number => _causes.Add($"no {new string('x', number + 1)}"));
        Assert.InRange(lines, 10, 50);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1000 - lines, _causes.Take().Sum(taken => taken.Targets));
        Assert.True(_causes.Add("something new"));
    }
}
