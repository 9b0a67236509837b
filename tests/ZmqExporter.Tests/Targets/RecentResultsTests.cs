using ZmqExporter.Probing;
using ZmqExporter.Targets;
using ZmqExporter.Tests.Metrics;

namespace ZmqExporter.Tests.Targets;

public sealed class RecentResultsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Add_MoreThanFit_ForgetsTheOldest()
    {
        var results = new RecentResults();
        for (var i = 0; i < (2 * RecentResults.Capacity) + 5; i++)
        {
            results.Add(new RecentResult(MetricsUnderTest.OnTime(), Start.AddSeconds(i)));
        }

        Assert.Equal(
            Enumerable.Range(RecentResults.Capacity + 5, RecentResults.Capacity).Select(i => Start.AddSeconds(i)),
            results.Snapshot().Select(result => result.At));
    }

    [Fact]
    public void RecentResult_OfEachKind_KeepsWhatItSays()
    {
        var answer = new RecentResult(MetricsUnderTest.OnTime(0.25), Start);
        Assert.Equal((Start, ProbeOutcome.OnTime, null, TimeSpan.FromSeconds(0.25)), (answer.At, answer.Outcome, answer.Reason, answer.RoundTrip));

        foreach (var reason in FailureReasons.All)
        {
            var miss = new RecentResult(MetricsUnderTest.Miss(reason), Start);
            Assert.Equal((ProbeOutcome.Miss, reason, null), (miss.Outcome, miss.Reason, miss.RoundTrip));
        }
    }
}
