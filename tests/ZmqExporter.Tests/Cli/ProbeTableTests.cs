using ZmqExporter.Cli;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Probing.OneShot;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Cli;

/// <summary>Several probes as a table, and as Nagios has them.</summary>
public sealed class ProbeTableTests
{
    private static readonly TargetConfig Orders = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, []));
    private static readonly TargetConfig Stock = Orders with { Name = "stock of\nthe store" };

    private static readonly ProbeResult Ok = new()
    {
        Outcome = ProbeOutcome.OnTime,
        RoundTrip = TimeSpan.FromMilliseconds(3),
        Phases = new PhaseDurations(null, null, null, null, TimeSpan.FromMilliseconds(3)),
    };

    private static readonly ProbeResult Refused = new() { Outcome = ProbeOutcome.Miss, Reason = FailureReason.Refused, Detail = "nothing | listens" };

    [Fact]
    public void Row_EachOutcome_HasItsColumnsBelowTheHeading()
    {
        var table = new ProbeTable([Orders, Stock]);

        Assert.Equal("TARGET                   MODULE  RESULT   ROUND TRIP  WHY", table.Heading);
        Assert.Equal("orders                   ping    OK           3.0 ms", table.Row(Conversation(Orders, Ok)));
        Assert.Equal("stock of\\u000athe store  ping    FAILED            -  refused: nothing | listens", table.Row(Conversation(Stock, Refused)));
    }

    [Fact]
    public void Lines_OfNagios_BeginWithTheWorstAndAllFigures()
    {
        var pending = new ProbeResult { Outcome = ProbeOutcome.Pending, Detail = "no message yet" };
        ProbeConversation[] conversations = [Conversation(Orders, Ok), Conversation(Orders, pending), Conversation(Stock, Refused)];
        var summary = new ProbeSummary();
        foreach (var conversation in conversations)
        {
            summary.Add(conversation.Result);
        }

        Assert.Equal(
            [
                "FAILED: 3 probes: 1 OK, 0 late, 1 missed, 1 pending: stock of\\u000athe store/ping (refused), orders/ping (unknown) | ok=1 late=0 failed=1 unknown=1",
                "orders/ping OK: replied in 3.0 ms",
                "orders/ping UNKNOWN: no message yet",
                "stock of\\u000athe store/ping FAILED (refused): nothing / listens",
            ],
            NagiosLines.Of(summary, conversations),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Lines_OfNagios_SayOnTheFirstThatSomeAreMissing()
    {
        var summary = new ProbeSummary { Incomplete = "some are missing" };
        summary.Add(Ok);

        Assert.Equal(
            "UNKNOWN: 1 probe: 1 OK, 0 late, 0 missed; some are missing | ok=1 late=0 failed=0 unknown=0", NagiosLines.Of(summary, [Conversation(Orders, Ok)]).First());
    }

    [Fact]
    public void Summary_ResultsThatAreMissing_AreUnknownUnlessSomethingIsWorse()
    {
        var summary = new ProbeSummary { Incomplete = "some are missing" };
        Assert.Equal((3, true), (summary.ExitCode, summary.IsEmpty));

        summary.Add(Ok);
        Assert.Equal((3, "UNKNOWN", false), (summary.ExitCode, summary.Word, summary.IsEmpty));
        Assert.EndsWith("; some are missing", summary.ToString(), StringComparison.Ordinal);

        summary.Add(Refused);
        Assert.Equal((2, "FAILED"), (summary.ExitCode, summary.Word));
    }

    private static ProbeConversation Conversation(TargetConfig target, ProbeResult result) => new(target, result, []);
}
