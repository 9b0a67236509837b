using ZmqExporter.Cli;
using ZmqExporter.Probing;

namespace ZmqExporter.Tests.Cli;

public sealed class ProbeSummaryTests
{
    [Theory]
    [InlineData(0, "OnTime OnTime OnTime OnTime", "4 probes: 4 OK, 0 late, 0 missed")]
    [InlineData(1, "OnTime Late", "2 probes: 1 OK, 1 late, 0 missed")]
    [InlineData(2, "Pending Miss Miss Miss", "4 probes: 0 OK, 0 late, 3 missed, 1 pending")]
    [InlineData(2, "LocalError Late Miss", "3 probes: 0 OK, 1 late, 1 missed, 1 not made, by the exporter's own fault")]
    [InlineData(1, "LocalError Late", "2 probes: 0 OK, 1 late, 0 missed, 1 not made, by the exporter's own fault")]
    [InlineData(3, "Pending OnTime", "2 probes: 1 OK, 0 late, 0 missed, 1 pending")]
    [InlineData(3, "LocalError", "1 probe: 0 OK, 0 late, 0 missed, 1 not made, by the exporter's own fault")]
    public void Add_OutcomesWithoutRoundTrips_AreCountedForWhatTheyAre(int exitCode, string outcomes, string text)
    {
        var summary = new ProbeSummary();
        foreach (var outcome in outcomes.Split(' '))
        {
            summary.Add(new ProbeResult { Outcome = Enum.Parse<ProbeOutcome>(outcome) });
        }

        Assert.Equal((exitCode, text), (summary.ExitCode, summary.ToString()));
    }

    [Fact]
    public void ToString_RoundTrips_AreSummedUp()
    {
        var summary = new ProbeSummary();
        foreach (var milliseconds in (int[])[3, 1, 2])
        {
            summary.Add(new ProbeResult { Outcome = ProbeOutcome.OnTime, RoundTrip = TimeSpan.FromMilliseconds(milliseconds) });
        }

        Assert.Equal("3 probes: 3 OK, 0 late, 0 missed; round trip min 1.0 ms, median 2.0 ms, max 3.0 ms", summary.ToString());
    }
}
