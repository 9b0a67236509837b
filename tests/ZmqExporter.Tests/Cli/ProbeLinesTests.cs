using ZmqExporter.Cli;
using ZmqExporter.Configuration;
using ZmqExporter.Probing;
using ZmqExporter.Tests.Probing;
using Zmtp;

namespace ZmqExporter.Tests.Cli;

public sealed class ProbeLinesTests
{
    private static readonly TargetConfig Request = ProbeCases.Target(new RequestProberConfig(SocketType.Req, Persistent: true, []));

    private static readonly ProbeResult Waiting = new() { Outcome = ProbeOutcome.Pending, Detail = "no message yet" };

    [Fact]
    public void NagiosLine_Answer_IsTheVerdictWithTheRoundTripAsAFigure()
    {
        var result = new ProbeResult
        {
            Outcome = ProbeOutcome.OnTime,
            RoundTrip = TimeSpan.FromMilliseconds(3.28),
            Phases = new PhaseDurations(null, null, null, null, TimeSpan.FromMilliseconds(3.28)),
        };

        Assert.Equal("OK: replied in 3.28 ms | round_trip=0.00328s;0.5;2;0", NagiosLine.Of(Request, result));
    }

    [Theory]
    [InlineData(1, 0, "the message came through")]
    [InlineData(1000, 1, "999 of 1,000 messages came through, the slowest one")]
    public void NagiosLine_Loop_SaysWhatCameThrough(int messages, int lost, string words)
    {
        var result = new ProbeResult
        {
            Outcome = ProbeOutcome.OnTime,
            RoundTrip = TimeSpan.FromMilliseconds(3.28),
            Phases = new PhaseDurations(null, null, null, null, TimeSpan.FromMilliseconds(3.28)),
            Loop = new LoopCounters(messages, lost, 0, 0),
        };

        Assert.Equal($"OK: {words} in 3.28 ms | round_trip=0.00328s;0.5;2;0", NagiosLine.Of(Request, result));
    }

    [Fact]
    public void NagiosLine_TextOfAServer_BeginsNoFigures()
    {
        var result = new ProbeResult { Outcome = ProbeOutcome.Miss, Reason = FailureReason.UnexpectedReply, Detail = "frame 0 is \"a|b\"" };

        Assert.Equal("FAILED (unexpected_reply): frame 0 is \"a/b\"", NagiosLine.Of(Request, result));
    }

    [Theory]
    [InlineData(5, 2, "; to wait for one, use --timeout 6s")]
    [InlineData(5.5, 2, "; to wait for one, use --timeout 6s")]
    [InlineData(5, 6, "")]
    [InlineData(7200, 2, "")] // longer than --timeout goes
    public void NextStep_NoMessageYet_NamesTheTimeoutThatEndsInAVerdict(double grace, double timeout, string words)
    {
        var prober = new SubscribeProberConfig([[]], TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(grace), []);
        var feed = Request with { Module = Request.Module with { Prober = prober, Timeout = TimeSpan.FromSeconds(timeout) } };

        Assert.Equal(words, NextStep.Of(feed, Waiting));
        Assert.Equal("", NextStep.Of(feed, Waiting with { Outcome = ProbeOutcome.OnTime }));
        Assert.Equal("", NextStep.Of(Request, Waiting));
    }

    [Fact]
    public void DelayWords_TimeInAnotherUnit_IsNoTimeOnTheWay()
    {
        Assert.Equal("the last message was 1.500 s on its way, and late_after is 0.5 s", DelayWords.TooLong(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(0.5)));

        var clamped = DelayWords.TooLong(TimeSpan.FromSeconds(1e9), TimeSpan.FromSeconds(0.5));
        Assert.Contains("wrong format (unit?) of sent_at", clamped, StringComparison.Ordinal);
        Assert.DoesNotContain("1000000000", clamped, StringComparison.Ordinal);
    }
}
