using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Logging;

namespace ZmqExporter.Tests.Logging;

public sealed class LineLimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LineLimit _limit;

    public LineLimitTests() => _limit = new LineLimit(_time);

    [Fact]
    public void Allows_SameKind_OneAMinuteWithTheCountOfTheOthers()
    {
        var kind = new LineKind("c", "t", "", "");
        var written = new List<long>();
        for (var second = 0; second < 150; second++)
        {
            if (_limit.Allows(kind, out var leftOut))
            {
                written.Add(leftOut);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 59, 59], written);
    }

    [Fact]
    public void Allows_OtherKinds_AreNoneOfItsBusiness()
    {
        var kind = new LineKind("c", "t", "", "");
        LineKind[] others = [kind with { Category = "d" }, kind with { Template = "u" }, kind with { Exception = "E" }, kind with { Subject = "s" }];
        Assert.True(_limit.Allows(kind, out _));
        Assert.All(others, other => Assert.True(_limit.Allows(other, out _)));
        Assert.False(_limit.Allows(kind, out _));
    }

    [Fact]
    public void Allows_MoreKindsThanItTellsApart_AreOneKindUntilThereIsRoom()
    {
        Assert.All(Enumerable.Range(0, LineLimit.MaxKinds), number => Assert.True(_limit.Allows(Kind(number), out _)));

        Assert.Equal(1, Enumerable.Range(LineLimit.MaxKinds, 5000).Count(number => _limit.Allows(Kind(number), out _)));

        _time.Advance(LineLimit.Period);
        Assert.All(Enumerable.Range(LineLimit.MaxKinds, 100), number => Assert.True(_limit.Allows(Kind(number), out _)));
    }

    // Each of them was left out once and never comes back: their places are for others all the same.
    [Fact]
    public void Allows_KindsThatWereLeftOutAndAreOver_MakeRoom()
    {
        foreach (var number in Enumerable.Range(0, LineLimit.MaxKinds).SelectMany(number => new[] { number, number }))
        {
            _limit.Allows(Kind(number), out _);
        }

        Assert.Equal(0, _limit.TakeForgotten());
        _time.Advance(LineLimit.Period);
        Assert.All(Enumerable.Range(2000, 3), number => Assert.Equal((true, 0), (_limit.Allows(Kind(number), out var leftOut), leftOut)));
    }

    [Fact]
    public void TakeForgotten_LinesOfKindsThatAreOver_AreCountedOnceAMinute()
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var number in Enumerable.Range(0, LineLimit.MaxKinds))
            {
                _limit.Allows(Kind((round * 10_000) + number), out _);
                _limit.Allows(Kind((round * 10_000) + number), out _);
            }

            Assert.Equal(round == 0 ? 0 : LineLimit.MaxKinds, _limit.TakeForgotten());
            Assert.Equal(0, _limit.TakeForgotten());
            _time.Advance(LineLimit.Period);
        }
    }

    private static LineKind Kind(int number) => new("c", "t", "", number.ToString(CultureInfo.InvariantCulture));
}
