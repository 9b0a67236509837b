using Microsoft.Extensions.Time.Testing;
using ZmqExporter.Probing;
using ZmqExporter.Scheduling;

namespace ZmqExporter.Tests.Scheduling;

public sealed class MappingLogLimitTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MappingLogLimit _limit;

    public MappingLogLimitTests() => _limit = new MappingLogLimit(_time);

    [Fact]
    public void Next_MappingThatNeverWorked_IsOneLineAtOnce()
    {
        Assert.Equal("", Next());
        Assert.Equal("nothing sequence", Next("sequence"));
        Assert.Equal("", Next("sequence"));
        Assert.Equal("again sequence", Next([]));
        Assert.Equal("", Next([]));
    }

    [Fact]
    public void Next_MappingOfAFeedThatHasJustBegun_IsALineAtOnceWhenItIsCertain()
    {
        Assert.Equal("", Text([new UnmappedSource(Mapping.Values, "app_a", "x") { FirstMessages = 1 }, new UnmappedSource(Mapping.Sequence, "", "x") { FirstMessages = 1 }]));
        Assert.Equal("", Next([]));
        Assert.Equal("nothing app_a", Next("app_a"));
        Assert.Equal("again app_a", Next([]));
    }

    [Fact]
    public void Next_MappingThatHasWorked_IsALineAfterSomeResultsInARow()
    {
        Next([]);
        for (var i = 1; i < MappingLogLimit.ResultsAfterWork; i++)
        {
            Assert.Equal("", Next("app_a"));
        }

        Next([]);
        for (var i = 1; i < MappingLogLimit.ResultsAfterWork; i++)
        {
            Assert.Equal("", Next("app_a"));
        }

        Assert.Equal("", Next()); // says nothing of mappings
        Assert.Equal("nothing app_a", Next("app_a"));
        Assert.Equal("", Next("app_a"));
    }

    [Fact]
    public void Next_MappingThatComesAndGoes_IsALineInEachPeriod()
    {
        var lines = 0;
        var results = (int)(TimeSpan.FromHours(1) / TimeSpan.FromSeconds(15));
        for (var i = 0; i < results; i++)
        {
            lines += (i / 10) % 2 == 0 ? Next("sequence").Length > 0 ? 1 : 0 : Next([]).Length > 0 ? 1 : 0;
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.InRange(lines, 8, 12); // each time both that it finds nothing and that it does again
    }

    [Fact]
    public void Next_ManyAtOnce_AreLoggedInTurns()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"app_{i}").ToArray();

        var lines = Enumerable.Range(0, 4).Select(_ => Next(names).Split(", ", StringSplitOptions.RemoveEmptyEntries)).ToList();

        Assert.Equal([5, 5, 2, 0], lines.Select(line => line.Length));
        Assert.Equal(12, lines.SelectMany(line => line).Distinct(StringComparer.Ordinal).Count());
    }

    private string Next() => Text(unmapped: null);

    private string Next(params string[] names) =>
        Text([.. names.Select(name => name == "sequence" ? new UnmappedSource(Mapping.Sequence, "", "x") : new UnmappedSource(Mapping.Values, name, "x"))]);

    private string Text(System.Collections.Immutable.ImmutableArray<UnmappedSource>? unmapped) => string.Join(
        ", ",
        _limit.Next(unmapped).Select(line => $"{(line.IsFoundAgain ? "again" : "nothing")} {(line.Source.Mapping == Mapping.Sequence ? "sequence" : line.Source.Metric)}"));
}
